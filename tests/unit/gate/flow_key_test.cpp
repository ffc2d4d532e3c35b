// flow_key(): the same for all packets of one direction of a flow.
#include "gate/flow_key.h"

#include <gtest/gtest.h>

#include "support/checked_frames.h"

namespace weir::gate {
namespace {

using namespace weir::test;

FlowKey key_of(const Octets& frame, std::uint32_t adapter = 3) {
  Packet packet = packet_of(frame);
  packet.interface_index = adapter;
  const auto key = flow_key(packet);
  if (!key) throw std::invalid_argument{"no key"};
  return *key;
}

TEST(FlowKey, IsTheOneOfTheKernel) {
  const FlowKey key = key_of(sealed(eth(0x0800), ip4(17), udp(53), rest(9)));
  const Octets wanted{3, 0, 0, 0, 0xc3, 0x50, 0, 53, 17, 0, 0,    0,  // adapter, ports, UDP
                      0, 0, 0, 0, 0,    0,    0, 0,  0,  0, 0xff, 0xff, 192, 0,  2,   1,
                      0, 0, 0, 0, 0,    0,    0, 0,  0,  0, 0xff, 0xff, 198, 51, 100, 2};
  Octets bytes(sizeof key);
  std::memcpy(bytes.data(), &key, sizeof key);
  EXPECT_TRUE(std::endian::native == std::endian::big || bytes == wanted);
}

TEST(FlowKey, TellsProtocolsAdaptersAndDirectionsApart) {
  const FlowKey key = key_of(sealed(eth(0x86dd), ip6(6), tcp(80), rest(9)));
  EXPECT_EQ(key.protocol, 6);
  EXPECT_EQ(key.source[0], 0x20);
  EXPECT_EQ(key.source[15], 1);
  EXPECT_EQ(key.destination[15], 2);
  EXPECT_EQ(key, key_of(sealed(eth(0x86dd), ip6(6), tcp(80), rest(700))));
  EXPECT_NE(key, key_of(sealed(eth(0x86dd), ip6(6), tcp(80), rest(9)), 4));
  EXPECT_NE(key, key_of(sealed(eth(0x86dd), ip6(17), udp(80), rest(9))));
  wire::Ipv6Fields back = ip6(6);
  std::swap(back.source, back.destination);
  wire::TcpFields ports = tcp(50'000);
  ports.source_port = 80;
  EXPECT_EQ(key.reversed(), key_of(sealed(eth(0x86dd), back, ports, rest(9))));
}

TEST(FlowKey, IsOfTcpAndUdpInOnePieceOnly) {
  Octets fragment = sealed(eth(0x0800), ip4(17), udp(53), rest(64));
  fragment[20] = 0x20;
  EXPECT_FALSE(flow_key(packet_of(fragment)));
  const Octets echo = sealed(eth(0x0800), ip4(1), Octets{8, 0, 0, 0, 0, 1, 0, 1}, rest(40));
  EXPECT_FALSE(flow_key(packet_of(echo)));
  EXPECT_FALSE(flow_key(packet_of(sealed(eth(0x0806), rest(28)))));
}

}  // namespace
}  // namespace weir::gate
