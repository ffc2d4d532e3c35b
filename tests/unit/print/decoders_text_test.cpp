// Text of packets that were decoded with other numbers, and with headers of the user's own.
#include <gtest/gtest.h>

#include <string>

#include "support/frames.h"
#include "weir/print/packet_text.h"
#include "weir/wire/vxlan.h"

namespace weir::print {
namespace {

using test::datagram;
using test::eth;
using test::frame;
using test::ip4;
using test::Octets;
using test::rest;
using test::udp;

std::string text_of(const Octets& bytes, const wire::Decoders& decoders) {
  const Packet packet{.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
  PacketTextOptions options;
  options.time = TimeFormat::none;
  options.decoders = decoders;
  PacketText text{options};
  std::string out;
  text.append(out, packet, wire::decode(packet, decoders));
  return out;
}

std::string behind_ports(const std::string& text) { return text.substr(text.find(": ") + 2); }

wire::Decoders shim(wire::NextHeader next = {}) {
  static wire::NextHeader behind;
  behind = next;
  wire::Decoders decoders;
  decoders.add(
      {.name = "shim",
       .decode = [](Bytes, std::size_t,
                    void*) noexcept { return std::optional{wire::DecodedHeader{2, behind}}; },
       .ether_types = {0x9000},
       .ip_protocols = {200},
       .udp_ports = {7},
       .tcp_ports = {7}});
  return decoders;
}

TEST(DecodersText, BuiltInProtocolsOnOtherPorts) {
  const Octets inner = frame(wire::VxlanFields{}, eth(0x0800), datagram());
  const auto on_4000 = wire::Decoders::parse("udp.port==4000,vxlan");
  EXPECT_EQ(behind_ports(text_of(frame(eth(0x0800), ip4(17), udp(4000), inner), on_4000)),
            behind_ports(text_of(frame(eth(0x0800), ip4(17), udp(4789), inner), {})));
  EXPECT_EQ(behind_ports(text_of(frame(eth(0x0800), ip4(17), udp(4789), inner),
                                 wire::Decoders::parse("udp.port==4789,none"))),
            "UDP, length 54\n");
}

TEST(DecodersText, DnsOnOtherPorts) {
  const Octets query{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
  const Octets odd = frame(eth(0x0800), ip4(17), udp(5300), query);
  const Octets usual = frame(eth(0x0800), ip4(17), udp(53), query);
  const auto as_dns = wire::Decoders::parse("udp.port==5300,dns");
  EXPECT_EQ(behind_ports(text_of(odd, as_dns)), behind_ports(text_of(usual, {})));
  EXPECT_EQ(behind_ports(text_of(usual, as_dns)), behind_ports(text_of(usual, {})));
  EXPECT_EQ(behind_ports(text_of(odd, {})), "UDP, length 19\n");
  EXPECT_EQ(behind_ports(text_of(usual, wire::Decoders::parse("udp.port==53,none"))),
            "UDP, length 19\n");
}

TEST(DecodersText, OwnHeadersAreNamed) {
  EXPECT_EQ(behind_ports(text_of(frame(eth(0x0800), ip4(17), udp(7), rest(5)), shim())),
            "shim, length 3\n");
  EXPECT_EQ(text_of(frame(eth(0x9000), rest(2), datagram()),
                    shim({wire::NumberSpace::ether_type, 0x0800})),
            "shim: " + text_of(frame(eth(0x0800), datagram()), {}));
  EXPECT_NE(text_of(frame(eth(0x0800), ip4(200), rest(6)), shim()).find(": shim, length 4\n"),
            std::string::npos);
  EXPECT_NE(text_of(frame(eth(0x0800), ip4(6), test::tcp(7), rest(5)), shim())
                .find(", length 5: shim, length 3\n"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::print
