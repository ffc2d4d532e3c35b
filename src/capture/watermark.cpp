// Tells silence from packets that are still under way.
#include "capture/watermark.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir::capture {
namespace {

/// From the stamp to the block it is put into, on a busy machine.
constexpr Duration in_flight = std::chrono::milliseconds{80};
/// Beyond what packets may be under way for: what is less is late.
constexpr Duration set_back = std::chrono::seconds{10};

}  // namespace

Watermark::Watermark(Duration retire) noexcept : under_way_{2 * retire + in_flight} {}

void Watermark::delivered(std::span<const Packet> packets) noexcept {
  if (packets.empty()) return;
  const Packet& newest = packets.back();
  const bool is_first = !std::exchange(has_delivered_, true);
  if (!clock_.has_stamped(newest)) {
    last_ = newest.timestamp;
    // Silence until now was by the machine's clock, and that is not the one that counts.
    if (is_first) now_ = newest.timestamp;
  }
  clock_.note(packets);
  go_on(newest.timestamp, newest.timestamp);
}

void Watermark::found_empty(Timestamp looked) noexcept {
  const Timestamp time = clock_.at(looked);
  go_on(time, time - under_way_);
}

void Watermark::go_on(Timestamp time, Timestamp up_to) noexcept {
  const bool is_set_back = last_ - time > under_way_ + set_back;
  now_ = is_set_back ? up_to : std::max(now_, up_to);
  last_ = time;
}

void Watermark::gone() noexcept { now_ = std::max(now_, clock_.at(wall_clock())); }

}  // namespace weir::capture
