// The loop of decode() and what every step shares.
#include "walk.h"

namespace weir::wire {

void Walk::run(Step step, std::uint32_t offset) noexcept {
  offset_ = offset;
  while (step != Step::stop) step = take(step);
  layers_.payload_offset = offset_;
  layers_.payload_length = end_ - offset_;
}

Step Walk::take(Step step) noexcept {
  if (step <= Step::lldp) return take_link(step);
  if (step <= Step::ipcomp) return take_network(step);
  if (step <= Step::eigrp) return take_transport(step);
  return take_tunnel(step);
}

StopReason Walk::reason_of(ParseError error) const noexcept {
  switch (error) {
    case ParseError::truncated:
      return end_ < wire_end_ ? StopReason::snapped : StopReason::truncated;
    case ParseError::bad_version:
      return StopReason::bad_version;
    case ParseError::bad_header_length:
      return StopReason::bad_header_length;
    case ParseError::bad_length:
      return StopReason::bad_length;
    case ParseError::bad_field:
      return StopReason::bad_field;
  }
  return StopReason::bad_field;
}

bool Walk::push(Protocol protocol, std::size_t length) noexcept {
  const auto recorded = static_cast<std::uint16_t>(std::min<std::size_t>(length, 0xffff));
  if (!layers_.push({offset_, recorded, protocol})) {
    stop(StopReason::nesting_limit);
    return false;
  }
  // A view's header is among the bytes it was given, so this stays within end_.
  offset_ += static_cast<std::uint32_t>(length);
  return true;
}

}  // namespace weir::wire
