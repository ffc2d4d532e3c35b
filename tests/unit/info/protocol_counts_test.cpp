// Packets and bytes per protocol, stop reason and checksum verdict.
#include "weir/info/protocol_counts.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "support/allocations.h"

namespace weir::info {
namespace {

using wire::Layers;
using wire::Protocol;

Layers layers_of(std::initializer_list<Protocol> protocols,
                 wire::StopReason stop = wire::StopReason::payload) {
  Layers layers;
  for (const Protocol protocol : protocols) layers.push({0, 0, protocol});
  layers.stop = stop;
  return layers;
}

Packet packet_of(std::uint32_t wire_length) { return {.wire_length = wire_length}; }

std::size_t index(auto value) { return static_cast<std::size_t>(value); }

TEST(ProtocolCounts, CountAPacketOncePerProtocol) {
  ProtocolCounts counts;
  counts.add(packet_of(100), layers_of({Protocol::ethernet, Protocol::ipv4, Protocol::ipv4}));
  counts.add(packet_of(60), layers_of({Protocol::ethernet, Protocol::arp}));
  counts.add(packet_of(7), layers_of({}));
  const auto protocols = counts.protocols();
  EXPECT_EQ(protocols[index(Protocol::ethernet)], (ProtocolCounts::Count{2, 160}));
  EXPECT_EQ(protocols[index(Protocol::ipv4)], (ProtocolCounts::Count{1, 100}));
  EXPECT_EQ(protocols[index(Protocol::arp)], (ProtocolCounts::Count{1, 60}));
  EXPECT_EQ(protocols[index(Protocol::tcp)], ProtocolCounts::Count{});
}

TEST(ProtocolCounts, CountWhyDecodingStopped) {
  ProtocolCounts counts;
  counts.add(packet_of(1), layers_of({}, wire::StopReason::unknown_link_type));
  counts.add(packet_of(1), layers_of({}, wire::StopReason::snapped));
  counts.add(packet_of(1), layers_of({}, wire::StopReason::snapped));
  EXPECT_EQ(counts.stopped()[index(wire::StopReason::unknown_link_type)], 1U);
  EXPECT_EQ(counts.stopped()[index(wire::StopReason::snapped)], 2U);
}

TEST(ProtocolCounts, StayExactWithMoreSetsThanTheTableHolds) {
  ProtocolCounts counts;
  ProtocolCounts::Protocols expected{};
  const std::size_t before = test::allocation_count();
  for (int round = 0; round < 2; ++round) {
    for (std::size_t first = 0; first < wire::protocol_count; ++first) {
      for (std::size_t second = first + 1; second < wire::protocol_count; ++second) {
        const auto length = static_cast<std::uint32_t>(first * 100 + second);
        counts.add(packet_of(length),
                   layers_of({static_cast<Protocol>(first), static_cast<Protocol>(second)}));
        for (const std::size_t i : {first, second}) {
          ++expected[i].packets;
          expected[i].bytes += length;
        }
      }
    }
  }
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(counts.protocols(), expected);
}

TEST(ChecksumCounts, CountEveryHeaderByItsVerdict) {
  using wire::ChecksumVerdict;
  ChecksumCounts counts;
  const Layers layers = layers_of(
      {Protocol::ethernet, Protocol::ipv4, Protocol::ipv4, Protocol::ipv4, Protocol::udp});
  counts.add(layers, {ChecksumVerdict::none, ChecksumVerdict::good, ChecksumVerdict::bad,
                      ChecksumVerdict::unverified, ChecksumVerdict::not_present});
  EXPECT_EQ(counts.protocols()[index(Protocol::ipv4)], (ChecksumCounts::Count{1, 1, 1}));
  EXPECT_EQ(counts.protocols()[index(Protocol::udp)], (ChecksumCounts::Count{0, 0, 1}));
  EXPECT_EQ(counts.protocols()[index(Protocol::ethernet)], ChecksumCounts::Count{});
}

}  // namespace
}  // namespace weir::info
