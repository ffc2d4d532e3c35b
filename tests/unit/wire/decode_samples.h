// Frames of every kind decode() knows, each with what it must find in them.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "support/frames.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"

namespace weir::test {

struct Sample {
  /// Letters and digits: the name of its test.
  std::string name;
  LinkType link_type = LinkType::ethernet;
  Octets bytes{};
  /// As text_of() writes it.
  std::string found{};
  PacketFlags flags = PacketFlags::none;

  /// Borrows from this object.
  [[nodiscard]] Packet packet() const noexcept {
    return {.data = bytes,
            .wire_length = static_cast<std::uint32_t>(bytes.size()),
            .link_type = link_type,
            .flags = flags};
  }
};

inline void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }

inline std::string name_of(const testing::TestParamInfo<Sample>& sample) {
  return sample.param.name;
}

// Each in the test file of that name.
std::vector<Sample> link_samples();
std::vector<Sample> wlan_samples();
std::vector<Sample> shim_samples();
std::vector<Sample> network_samples();
std::vector<Sample> transport_samples();
std::vector<Sample> tunnel_samples();
std::vector<Sample> refused_samples();

inline std::vector<Sample> joined(std::initializer_list<std::vector<Sample>> parts) {
  std::vector<Sample> all;
  for (const auto& some : parts) all.insert(all.end(), some.begin(), some.end());
  return all;
}

inline std::vector<Sample> all_samples() {
  return joined({link_samples(), wlan_samples(), shim_samples(), network_samples(),
                 transport_samples(), tunnel_samples(), refused_samples()});
}

}  // namespace weir::test
