// Rules, before and while the filter runs: in the book and in the gate, or in neither.
#include <utility>

#include "compat/net_filter/state.h"

namespace weir::compat {

using namespace net_filter;

namespace {

/// Of this thread, and the NetFilter it was of (State::number).
struct Refusal {
  std::uint64_t of = 0;
  std::string words{};
};
thread_local Refusal last_refusal;

}  // namespace

std::string NetFilter::get_last_error() const {
  return last_refusal.of == state_->number ? last_refusal.words : std::string{};
}

template <class InBook, class InGate>
void NetFilter::State::change_rules(InBook in_book, InGate in_gate) {
  const std::lock_guard changes{rule_changes};
  RuleBook changed;
  std::shared_ptr<gate::Gate> by;
  {
    const std::lock_guard lock{mutex};
    changed = rules;
    in_book(changed);
    if (stage == Stage::starting) {
      are_rules_stale = true;
    } else {
      by = gate;
    }
  }
  if (by != nullptr) in_gate(*by);
  const std::lock_guard lock{mutex};
  rules = std::move(changed);
}

void NetFilter::State::expect_rights_for_rules() const {
  expect_initialized();
  {
    const std::lock_guard lock{mutex};
    if (!checks_rights) return;
  }
  if (const std::string missing = gate::missing_capabilities(); !missing.empty()) {
    refuse(ERROR_PRIVILEGE_NOT_HELD, "to change rules (ForceAppPermissionCheck) " + missing);
  }
}

template <class Work>
bool NetFilter::State::attempt(Work work) {
  expect_rights_for_rules();
  last_refusal = {.of = number};
  try {
    work();
    return true;
  } catch (const Error& error) {
    last_refusal.words = error.what();
    return false;
  }
}

bool NetFilter::State::add_rule(RuleKind kind, NetFilterRule rule) {
  return attempt([&] {
    if (rule.adapter_id != -1) rule.adapter = adapter_name(rule.adapter_id);
    rule = checked(kind, std::move(rule));
    change_rules([&](RuleBook& book) { book.add(kind, rule); },
                 [&](gate::Gate& by) { by.add(gate_rule(kind, rule, mode == omStat)); });
  });
}

bool NetFilter::State::remove_rule(RuleKind kind, int rule_id) {
  return attempt([&] {
    bool was_there = false;
    change_rules([&](RuleBook& book) { was_there = book.remove(kind, rule_id); },
                 [&](gate::Gate& by) { by.remove(gate_id(kind, rule_id)); });
    if (!was_there) {
      refuse(ERROR_INVALID_PARAMETER,
             "rule " + std::to_string(rule_id) + ": there is none of that id");
    }
  });
}

bool NetFilter::State::clear_rules(RuleKind kind) {
  return attempt([&] {
    std::vector<gate::Rule> left;
    change_rules(
        [&](RuleBook& book) {
          book.clear(kind);
          left = book.gate_rules(mode == omStat);
        },
        [&](gate::Gate& by) { by.replace(left); });
  });
}

void NetFilter::State::set_mode(int value) {
  if (value != omCapture && value != omStat) {
    refuse(ERROR_INVALID_PARAMETER,
           "operation_mode is 0 (omCapture) or 1 (omStat), not " + std::to_string(value));
  }
  int before = omCapture;
  std::vector<gate::Rule> changed;
  try {
    change_rules(
        [&](RuleBook& book) {
          before = std::exchange(mode, value);
          changed = book.gate_rules(value == omStat);
        },
        [&](gate::Gate& by) { by.replace(changed); });
  } catch (const Error& error) {
    const std::lock_guard lock{mutex};
    mode = before;
    refuse(win32_code_of(error), error.what());
  }
}

}  // namespace weir::compat
