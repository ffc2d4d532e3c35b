// Two entries a flow, one for each direction.
#include "gate/flow_verdicts.h"

#include <algorithm>
#include <atomic>

#include "gate/kernel/flow_value.h"
#include "sys/bytes_of.h"

namespace weir::gate {
namespace {

std::atomic_ref<std::uint64_t> in_force(const Maps& maps) noexcept {
  return std::atomic_ref{maps.control.writable_words()[control::flow_generation]};
}

IpAddress address_of(const std::array<std::uint8_t, 16>& octets) noexcept {
  const Ipv6Address address{octets};
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(mapped.begin(), mapped.end(), octets.begin())) return address;
  Ipv4Address short_one;
  std::copy_n(octets.begin() + mapped.size(), short_one.octets.size(), short_one.octets.begin());
  return short_one;
}

std::uint16_t from_network(std::uint16_t port) noexcept {
  return std::endian::native == std::endian::little ? std::byteswap(port) : port;
}

FlowVerdict verdict_of(const FlowKey& key, const FlowValue& value) {
  return {.adapter = key.adapter,
          .protocol = key.protocol,
          .source = address_of(key.source),
          .destination = address_of(key.destination),
          .source_port = from_network(key.source_port),
          .destination_port = from_network(key.destination_port),
          .passes = value.passes != 0,
          .decided = {.packets = value.packets, .bytes = value.bytes}};
}

}  // namespace

void FlowVerdicts::decide(const FlowKey& key, bool pass) noexcept {
  const std::uint32_t generation = generation_;
  const FlowValue there{.generation = generation, .passes = pass, .is_first = 1};
  const FlowValue back{.generation = generation, .passes = pass};
  static_cast<void>(maps_.flows.update(sys::bytes_of(key), sys::bytes_of(there)));
  if (const FlowKey reversed = key.reversed(); reversed != key) {
    static_cast<void>(maps_.flows.update(sys::bytes_of(reversed), sys::bytes_of(back)));
  }
  const std::lock_guard lock{mutex_};
  // Forgotten meanwhile, it is not to come back.
  if (generation == generation_) in_force(maps_).store(generation, std::memory_order_release);
}

void FlowVerdicts::forget() noexcept {
  const std::lock_guard lock{mutex_};
  in_force(maps_).store(0, std::memory_order_release);
  ++generation_;
}

std::vector<FlowVerdict> FlowVerdicts::list() const {
  std::vector<FlowVerdict> verdicts;
  const std::uint32_t generation = generation_;
  FlowKey key;
  // Erased keys begin again: no more steps than there can be flows, some times over.
  for (int error = maps_.flows.next_key({}, sys::writable_bytes_of(key)); error == 0;) {
    FlowValue value;
    FlowValue back;
    if (maps_.flows.look_up(sys::bytes_of(key), sys::writable_bytes_of(value)) == 0 &&
        value.generation == generation && value.is_first != 0) {
      FlowVerdict verdict = verdict_of(key, value);
      if (maps_.flows.look_up(sys::bytes_of(key.reversed()), sys::writable_bytes_of(back)) == 0 &&
          back.generation == generation && back.is_first == 0) {
        verdict.decided += {.packets = back.packets, .bytes = back.bytes};
      }
      verdicts.push_back(verdict);
    }
    FlowKey next;
    error = maps_.flows.next_key(sys::bytes_of(key), sys::writable_bytes_of(next));
    key = next;
  }
  return verdicts;
}

}  // namespace weir::gate
