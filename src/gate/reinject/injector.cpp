// One frame at a time through an outbox of its own, so that no count of held packets has it.
#include "gate/reinject/injector.h"

#include <utility>

#include "gate/reinject/longest.h"

namespace weir::gate {

Injector::Injector(std::uint64_t place, const sys::DepartureLimits& limits,
                   std::shared_ptr<const Port> inward)
    : outbox_{{.place = place, .limits = limits}, std::move(inward), buffers_, counts_} {}

bool Injector::send(Bytes frame, const Port& port, Direction direction) noexcept {
  const bool has_header = !frame.empty() && frame.size() >= port.header_length();
  if (!has_header || is_too_long(frame, port.link_type(), port.mtu())) return false;
  const std::lock_guard lock{mutex_};
  const std::uint64_t before = sent().packets;
  outbox_.add(
      {.frame = frame, .port = &port, .outgoing = direction == Direction::out, .is_finished = true},
      nullptr);
  outbox_.flush();
  return sent().packets > before;
}

Tally Injector::sent() const noexcept {
  HeldCounters sum;
  counts_.add_fates_to(sum);
  return sum.sent;
}

}  // namespace weir::gate
