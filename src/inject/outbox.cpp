// Gathers frames; their changed bytes are in one reused memory.
#include "inject/outbox.h"

#include <utility>

namespace weir::inject {
namespace {

/// At least the largest record of a capture file (16 MiB) would be too much for any adapter.
constexpr std::size_t memory_size = std::size_t{1} << 20;

struct Send {
  std::span<const Packet> packets;
  Sent operator()(Sender& to) const noexcept { return to.send(packets); }
  Sent operator()(Incoming& to) const noexcept { return to.insert(packets); }
};

}  // namespace

Exit::Exit(Outlet outlet, const Rewriting& rewriting)
    : outlet_{std::move(outlet)}, rewriter_{rewriting, adapter(), !is_dry_run()} {
  before_ = std::visit([](const auto& to) { return to.counts(); }, outlet_);
}

Sent Exit::send(std::span<const Packet> packets) noexcept {
  return std::visit(Send{packets}, outlet_);
}

SendCounts Exit::counts() const noexcept {
  SendCounts counts = std::visit([](const auto& to) { return to.counts(); }, outlet_);
  counts.asked -= before_.asked;
  counts.sent -= before_.sent;
  counts.bytes -= before_.bytes;
  counts.retried -= before_.retried;
  counts.cut -= before_.cut;
  for (std::size_t i = 0; i < refusals; ++i) counts.refused_for[i] -= before_.refused_for[i];
  return counts;
}

const std::string& Exit::adapter() const noexcept {
  return std::visit([](const auto& to) -> const std::string& { return to.adapter(); }, outlet_);
}

bool Exit::is_dry_run() const noexcept {
  const auto* const sender = std::get_if<Sender>(&outlet_);
  return sender != nullptr && sender->is_dry_run();
}

bool Exit::is_gone() noexcept {
  try {
    return !links_.by_name(adapter());
  } catch (const Error&) {
    return false;
  }
}

Outbox::Outbox() : memory_(memory_size) {}

bool Outbox::is_full(std::size_t length) const noexcept {
  return size_ == max_packets ||
         (size_ != 0 && used_ + length + Rewriter::headroom > memory_.size());
}

Refusal Outbox::prepare(const Packet& packet, Rewriter& rewriter) noexcept {
  if (size_ == 0) used_ = 0;
  prepared_ = packet;
  if (rewriter.is_nothing()) return Refusal::none;
  const std::size_t size = packet.data.size() + Rewriter::headroom;
  if (size > memory_.size() - used_) return Refusal::too_long;
  const auto rewritten = rewriter.rewritten(packet, MutableBytes{memory_}.subspan(used_, size));
  if (!rewritten) return rewritten.error();
  used_ += size;
  prepared_ = *rewritten;
  return Refusal::none;
}

void Outbox::add_prepared(Duration due) noexcept {
  packets_[size_] = prepared_;
  due_[size_++] = due;
}

// What is used stays so until the next packet is prepared: the prepared one may be in it.
void Outbox::clear() noexcept { size_ = 0; }

}  // namespace weir::inject
