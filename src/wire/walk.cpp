// The loop of decode(), and what every step shares.
#include "walk.h"

namespace weir::wire {

// Every step has its reading, and every protocol is read by one.
static_assert([] {
  if (readings.size() != step_count) return false;
  ProtocolSet read;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const Reading& reading = readings[i];
    if (reading.step != static_cast<Step>(i)) return false;
    if (reading.as != no_layer) read.insert(reading.as);
  }
  for (std::size_t i = 0; i < protocol_count; ++i) {
    if (!read.contains(static_cast<Protocol>(i))) return false;
  }
  return true;
}());

void Walk::run(Step step, std::uint32_t offset) noexcept {
  offset_ = offset;
  while (step != Step::stop) {
    const Reading& reading = reading_of(step);
    step = reading.read(*this, reading.as);
  }
  layers_.payload_offset = offset_;
  layers_.payload_length = end_ - offset_;
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
    stop_before(protocol, StopReason::nesting_limit);
    return false;
  }
  // A view's header is among the bytes it was given, so this stays within end_.
  skip(length);
  return true;
}

void Walk::drop_frame_check_sequence() noexcept {
  if (fcs_dropped_) return;
  fcs_dropped_ = true;
  constexpr std::uint64_t size = 4;
  limit(offset_, wire_rest() < size ? 0 : wire_rest() - size);
}

}  // namespace weir::wire
