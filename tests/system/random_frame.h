// Ethernet frames of many protocols, random but the same on every run.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace weir::test {

using Frame = std::vector<std::uint8_t>;

/// Addresses, ports and VLAN numbers come from small sets, so that filters for them match now and
/// then. Some frames are cut, to no less than 14 bytes.
class FrameMaker {
 public:
  explicit FrameMaker(std::uint64_t seed) : random_{seed} {}

  [[nodiscard]] Frame next();

 private:
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>{0, limit - 1}(random_);
  }
  bool one_in(std::uint32_t times) { return below(times) == 0; }
  void put8(std::uint32_t value) { frame_.push_back(static_cast<std::uint8_t>(value)); }
  void put16(std::uint32_t value) { put8(value >> 8), put8(value); }
  void put32(std::uint32_t value) { put16(value >> 16), put16(value); }
  void put_random(std::size_t size);

  void put_ethernet_addresses();
  void put_tags();
  void put_network();
  void put_ipv4();
  void put_ipv6();
  std::uint32_t put_extension(std::uint32_t type);
  void put_arp();
  void put_transport(std::uint32_t protocol);

  std::mt19937_64 random_;
  Frame frame_;
};

}  // namespace weir::test
