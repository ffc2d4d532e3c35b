// Tells silence from packets that are still under way.
#include "capture/watermark.h"

#include <algorithm>
#include <chrono>

namespace weir::capture {
namespace {

/// From the stamp to the block it is put into, on a busy machine.
constexpr Duration in_flight = std::chrono::milliseconds{80};

}  // namespace

Watermark::Watermark(Duration retire) noexcept : under_way_{2 * retire + in_flight} {}

void Watermark::delivered(std::span<const Packet> packets) noexcept {
  if (packets.empty()) return;
  clock_.note(packets);
  now_ = packets.back().timestamp;
}

void Watermark::found_empty(Timestamp looked) noexcept {
  const Timestamp time = clock_.at(looked);
  const bool is_set_back = time < now_;
  now_ = is_set_back ? time - under_way_ : std::max(now_, time - under_way_);
}

void Watermark::gone() noexcept { now_ = std::max(now_, clock_.at(wall_clock())); }

}  // namespace weir::capture
