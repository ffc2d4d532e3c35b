// Handlers of the gate.
#include "cli/gate/gate_events.h"

#include <utility>

#include "weir/gate/held_packet.h"

namespace weir::cli {
namespace {

const char* kind_of(gate::GateError::Where where) noexcept {
  switch (where) {
    case gate::GateError::Where::handler:
    case gate::GateError::Where::worker:
      return "gate_worker";
    case gate::GateError::Where::adapter:
      return "gate_adapter";
    case gate::GateError::Where::rule:
      return "gate_rule";
    case gate::GateError::Where::kernel:
      break;
  }
  return "gate_kernel";
}

const char* verdict_of_copies(const gate::Rule& rule) noexcept {
  if (rule.action == gate::Action::drop) return "dropped";
  if (rule.action == gate::Action::notify) return "notified";
  return rule.changes.empty() ? "delayed" : "changed";
}

}  // namespace

gate::Handlers GateEvents::handlers() {
  return {
      .on_held =
          [this](gate::HeldPacket& held) {
            const bool is_late = held.accept() == gate::VerdictResult::late;
            if (log_ != nullptr) log(held.packet(), held.rule(), is_late ? "late" : "accepted");
          },
      .on_notified =
          [this](const Packet& packet, const std::string& rule) {
            if (log_ != nullptr) log(packet, rule, verdict_of(rule));
          },
      .on_error =
          [this](const gate::GateError& error) {
            put({.kind = kind_of(error.where), .message = error.message});
          },
      .on_adapter =
          [this](const std::string& adapter, bool came) {
            put({.kind = came ? "adapter_came" : "adapter_gone",
                 .message = adapter + (came ? ": the gate is there" : ": the adapter is gone"),
                 .file = adapter});
          },
  };
}

void GateEvents::know(std::span<const gate::Rule> rules) {
  const std::scoped_lock lock{mutex_};
  for (const gate::Rule& rule : rules) verdicts_[rule.id] = verdict_of_copies(rule);
}

void GateEvents::forget_all_but(std::span<const gate::Rule> rules) {
  Verdicts kept;
  for (const gate::Rule& rule : rules) kept[rule.id] = verdict_of_copies(rule);
  const std::scoped_lock lock{mutex_};
  verdicts_before_ = std::exchange(verdicts_, std::move(kept));
}

std::vector<Note> GateEvents::take() {
  const std::scoped_lock lock{mutex_};
  std::vector<Note> notes = std::exchange(notes_, {});
  if (const std::size_t count = std::exchange(left_out_, 0); count != 0) {
    notes.push_back({.kind = "gate_notes_left_out",
                     .message = plural(count, "more was not told", "more were not told"),
                     .counts = {{"notes", count}}});
  }
  return notes;
}

void GateEvents::log(const Packet& packet, const std::string& rule, const char* verdict) noexcept {
  log_->add(packet, rule, verdict);
  if (log_->has_ended()) wake_.stop();
}

const char* GateEvents::verdict_of(const std::string& rule) {
  const std::scoped_lock lock{mutex_};
  for (const Verdicts* verdicts : {&verdicts_, &verdicts_before_}) {
    if (const auto found = verdicts->find(rule); found != verdicts->end()) return found->second;
  }
  return "notified";
}

void GateEvents::put(Note note) {
  const std::scoped_lock lock{mutex_};
  if (notes_.size() < most_notes) {
    notes_.push_back(std::move(note));
  } else {
    ++left_out_;
  }
  wake_.stop();
}

}  // namespace weir::cli
