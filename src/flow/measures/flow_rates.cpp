// Sums that fade by the factor e in each time constant.
#include "flow/measures/flow_rates.h"

#include <cmath>

namespace weir::flow {

FlowRates::Sums FlowRates::faded(const Sums& sums, Ticks now) const noexcept {
  if (now <= sums.last) return {sums.packets, sums.bytes, sums.ip_bytes, now};
  const double rest =
      std::exp(-static_cast<double>(now - sums.last) / static_cast<double>(constant_));
  return {sums.packets * rest, sums.bytes * rest, sums.ip_bytes * rest, now};
}

void FlowRates::begin(std::uint32_t index, const PacketFacts& packet, Ticks now) noexcept {
  sums_[index] = {1, static_cast<double>(packet.wire_length), static_cast<double>(packet.ip_bytes),
                  now};
}

void FlowRates::add(std::uint32_t index, const PacketFacts& packet, Ticks now) noexcept {
  Sums& sums = sums_[index];
  sums = faded(sums, now);
  sums.packets += 1;
  sums.bytes += packet.wire_length;
  sums.ip_bytes += packet.ip_bytes;
}

void FlowRates::absorb(std::uint32_t index, std::uint32_t other, Ticks now) noexcept {
  const Sums one = faded(sums_[index], now);
  const Sums two = faded(sums_[other], now);
  sums_[index] = {one.packets + two.packets, one.bytes + two.bytes, one.ip_bytes + two.ip_bytes,
                  now};
}

Rates FlowRates::at(std::uint32_t index, Ticks now) const noexcept {
  const Sums sums = faded(sums_[index], now);
  const double seconds = static_cast<double>(constant_) / 1e9;
  return {.packets = sums.packets / seconds,
          .bytes = sums.bytes / seconds,
          .ip_bytes = sums.ip_bytes / seconds};
}

}  // namespace weir::flow
