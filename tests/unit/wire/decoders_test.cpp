// decode() with the user's own decoders and numbers.
#include "weir/wire/decoders.h"

#include <gtest/gtest.h>

#include <string>

#include "support/frames.h"
#include "support/layers_text.h"
#include "weir/error.h"
#include "weir/wire/gre.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vxlan.h"
#include "wire/walk.h"

namespace weir::wire {
namespace {

using test::datagram;
using test::eth;
using test::frame;
using test::ip4;
using test::ip6;
using test::Octets;
using test::rest;
using test::tcp;
using test::udp;

Packet packet_of(const Octets& bytes) {
  return {.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
}

/// text_of() with the names of the user's; what the fast path and the walk in steps agree on.
std::string found(const Packet& packet, const Decoders& decoders, Depth depth = Depth::all) {
  const Layers layers = decode(packet, decoders, depth);
  EXPECT_TRUE(test::equal(layers, decode_in_steps(packet, depth, decoders.tables())));
  std::string text = test::text_of(layers);
  for (const Layer& layer : layers) {
    if (!is_user_protocol(layer.protocol)) continue;
    text.insert(text.find(" @") == std::string::npos ? 0 : text.find(" @") + 1,
                decoders.name(layer.protocol));
  }
  return text;
}
std::string found(const Octets& bytes, const Decoders& decoders, Depth depth = Depth::all) {
  return found(packet_of(bytes), decoders, depth);
}

Octets on_ports(std::uint16_t source, std::uint16_t destination, const Octets& payload) {
  return frame(eth(0x0800), ip4(17),
               UdpFields{.source_port = source, .destination_port = destination}, payload);
}

/// Four bytes: 0x77, how it goes on, and a number.
std::optional<DecodedHeader> read_shim(Bytes rest, std::size_t, void*) noexcept {
  if (rest.size() < 4 || rest[0] != 0x77) return std::nullopt;
  const auto number = load_be<std::uint16_t>(rest.data() + 2);
  switch (rest[1]) {
    case 0:
      return DecodedHeader{4, {}};
    case 5:
      return DecodedHeader{4, NextHeader{user_protocol(0)}};
    case 6:
      return DecodedHeader{4, NextHeader{Protocol::ipv4}};
    default:
      return DecodedHeader{4, {static_cast<NumberSpace>(rest[1] - 1), number}};
  }
}

Octets shim(std::uint8_t next, std::uint16_t number = 0) {
  return {0x77, next, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

UserDecoder shim_decoder() { return {.name = "shim", .decode = read_shim}; }

TEST(Decoders, NoneIsDecodeAlone) {
  const Octets bytes = on_ports(4789, 4789, frame(VxlanFields{}, eth(0x0800), datagram()));
  const Packet packet = packet_of(bytes);
  EXPECT_TRUE(Decoders{}.is_empty());
  EXPECT_TRUE(test::equal(decode(packet, Decoders{}), decode(packet)));
}

TEST(Decoders, PortsOfBuiltInProtocols) {
  const Octets inner = frame(VxlanFields{}, eth(0x0800), datagram());
  const auto decoders = Decoders::parse("udp.port==5000,vxlan");
  const std::string vxlan =
      "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 eth@50+14 ip@64+20 udp@84+8 | 1>2=17 / 5>6=17 | "
      "92+4 payload";
  EXPECT_EQ(found(on_ports(1234, 5000, inner), decoders), vxlan);
  EXPECT_EQ(found(on_ports(5000, 1234, inner), decoders), vxlan);
  EXPECT_EQ(found(on_ports(1234, 5001, inner), decoders),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+54 payload");
  EXPECT_EQ(found(on_ports(1234, 5000, inner), decoders, Depth::transport),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+54 payload");
}

TEST(Decoders, AnAssignmentReplacesTheBuiltInNumber) {
  const Octets inner = frame(VxlanFields{}, eth(0x0800), datagram());
  const std::string payload = "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+54 payload";
  EXPECT_EQ(found(on_ports(9, 4789, inner), Decoders::parse("udp.port==4789,none")), payload);
  EXPECT_EQ(found(on_ports(9, 4789, inner), Decoders::parse("udp.port==4789,data")), payload);
  EXPECT_EQ(found(on_ports(9, 4789, inner), Decoders::parse("udp.port==4789,gre")),
            "eth@0+14 ip@14+20 udp@34+8 gre@42+4 | 1>2=17 | 46+50 unknown_protocol");
  // The other port still says what it says.
  EXPECT_NE(found(on_ports(9, 4789, inner), Decoders::parse("udp.port==9,none")), payload);
  EXPECT_EQ(decode(packet_of(on_ports(9, 4789, inner)), Decoders::parse("udp.port==9,gre"))
                .find(Protocol::vxlan),
            nullptr);
}

TEST(Decoders, TheLowerOfTwoAssignedPortsIsLookedAtFirst) {
  Decoders decoders = Decoders::parse("udp.port==100,dns");
  decoders.assign("udp.port==200,vxlan");
  const Octets inner = frame(VxlanFields{}, eth(0x0800), datagram());
  EXPECT_EQ(found(on_ports(200, 100, inner), decoders), found(on_ports(100, 200, inner), decoders));
  EXPECT_EQ(decode(packet_of(on_ports(200, 100, inner)), decoders).find(Protocol::vxlan), nullptr);
}

TEST(Decoders, EtherTypesAndIpProtocols) {
  EXPECT_EQ(found(frame(eth(0x9999), VlanFields{.type_or_length = 0x0800}, datagram()),
                  Decoders::parse("ethertype==0x9999,vlan")),
            "eth@0+14 vlan@14+4 ip@18+20 udp@38+8 | 2>3=17 | 46+4 payload");
  EXPECT_EQ(found(frame(eth(0x0800), ip4(200), GreFields{.protocol = 0x0800}, datagram()),
                  Decoders::parse("ip.proto==200,gre")),
            "eth@0+14 ip@14+20 gre@34+4 ip@38+20 udp@58+8 | 1=200 / 3>4=17 | 66+4 payload");
  EXPECT_EQ(found(frame(eth(0x0800), ip4(200), datagram()), Decoders::parse("ip.proto==200,ip")),
            "eth@0+14 ip@14+20 ip@34+20 udp@54+8 | 1=200 / 2>3=17 | 62+4 payload");
  // What plain datagrams are named by.
  EXPECT_EQ(found(frame(eth(0x0800), datagram()), Decoders::parse("ethertype==0x800,none")),
            "eth@0+14 | - | 14+32 unknown_protocol");
  EXPECT_EQ(found(frame(eth(0x0800), datagram()), Decoders::parse("ip.proto==17,none")),
            "eth@0+14 ip@14+20 | 1=17 | 34+12 unknown_protocol");
}

TEST(Decoders, DnsOverTcpHasItsLengthInFront) {
  Octets message(2 + 12);
  message[1] = 12;
  const Octets bytes = frame(eth(0x0800), ip4(6), TcpFields{.destination_port = 8053}, message);
  EXPECT_EQ(found(bytes, Decoders::parse("tcp.port==8053,dns")),
            "eth@0+14 ip@14+20 tcp@34+20 dns@56+12 | 1>2=6 | 68+0 payload");
}

TEST(Decoders, TransportWithoutADatagramBelongsToNone) {
  const Octets bytes = frame(eth(0x9999), udp(9), rest(4));
  EXPECT_EQ(found(bytes, Decoders::parse("ethertype==0x9999,udp")),
            "eth@0+14 udp@14+8 | - | 22+4 payload");
  const Octets twice = on_ports(9, 7, frame(udp(9), rest(4)));
  EXPECT_EQ(found(twice, Decoders::parse("udp.port==7,udp")),
            "eth@0+14 ip@14+20 udp@34+8 udp@42+8 | 1>2=17 | 50+4 payload");
}

TEST(Decoders, Ranges) {
  for (const char* const text : {"udp.port==100-102,vxlan", "udp.port==100:3,vxlan"}) {
    const auto decoders = Decoders::parse(text);
    const auto is_vxlan = [&](std::uint16_t port) {
      const Octets bytes = on_ports(9, port, frame(VxlanFields{}, eth(0x0800), datagram()));
      return decode(packet_of(bytes), decoders).find(Protocol::vxlan) != nullptr;
    };
    EXPECT_FALSE(is_vxlan(99));
    EXPECT_TRUE(is_vxlan(100));
    EXPECT_TRUE(is_vxlan(102));
    EXPECT_FALSE(is_vxlan(103));
  }
  EXPECT_FALSE(Decoders::parse("udp.port==0-65535,dns").is_empty());
}

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(Decoders::parse(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return "accepted";
}

TEST(Decoders, WhatIsWrongNamesWhatIsKnown) {
  EXPECT_EQ(refusal("udp.port==4790,vxlam"),
            "\"udp.port==4790,vxlam\": there is no protocol \"vxlam\"; did you mean vxlan?");
  EXPECT_EQ(refusal("upd.port==4790,vxlan"),
            "\"upd.port==4790,vxlan\": no numbers are called \"upd.port\"; did you mean udp.port?");
  EXPECT_EQ(refusal("port==4790,vxlan"),
            "\"port==4790,vxlan\": no numbers are called \"port\"; known are ethertype, ip.proto, "
            "udp.port, tcp.port");
  EXPECT_EQ(refusal("udp.port==65536,vxlan"),
            "\"udp.port==65536,vxlan\": \"65536\" is no number from 0 to 65535, as 4790 or 0x12b6");
  EXPECT_NE(refusal("udp.port==,vxlan").find("is no number"), std::string::npos);
  EXPECT_NE(refusal("udp.port==-1,vxlan").find("is no number"), std::string::npos);
  EXPECT_NE(refusal("ip.proto==256,gre").find("from 0 to 255"), std::string::npos);
  EXPECT_NE(refusal("ip.proto==255:2,gre").find("from 0 to 255"), std::string::npos);
  EXPECT_NE(refusal("udp.port==5-4,gre").find("ends before"), std::string::npos);
  EXPECT_NE(refusal("udp.port==5:0,gre").find("no numbers"), std::string::npos);
  for (const char* const text : {"", "udp.port=4790,vxlan", "udp.port==4790", "vxlan,", "=="}) {
    EXPECT_NE(refusal(text).find("write it as"), std::string::npos) << text;
  }
  EXPECT_NE(refusal("udp.port==1,zzzzzzz").find("known are eth, llc"), std::string::npos);
}

TEST(Decoders, ARangeDoesNotEndBeforeItBegins) {
  Decoders decoders;
  EXPECT_THROW(decoders.assign(NumberSpace::udp_port, 9, 3, Protocol::dns), Error);
  EXPECT_TRUE(decoders.is_empty());
}

TEST(Decoders, OwnHeadersByEveryNumber) {
  UserDecoder decoder = shim_decoder();
  decoder.ether_types = {0x9000};
  decoder.ip_protocols = {201};
  decoder.udp_ports = {5000};
  decoder.tcp_ports = {5001};
  Decoders decoders;
  const Protocol protocol = decoders.add(decoder);
  EXPECT_EQ(protocol, user_protocol(0));
  EXPECT_EQ(decoders.name(protocol), "shim");
  EXPECT_EQ(decoders.protocol_by_name("shim"), protocol);
  EXPECT_EQ(decoders.protocol_by_name("ip"), Protocol::ipv4);
  EXPECT_EQ(found(frame(eth(0x9000), shim(1, 0x0800), datagram()), decoders),
            "eth@0+14 shim@14+4 ip@18+20 udp@38+8 | 2>3=17 | 46+4 payload");
  EXPECT_EQ(found(on_ports(9, 5000, shim(0)), decoders),
            "eth@0+14 ip@14+20 udp@34+8 shim@42+4 | 1>2=17 | 46+0 payload");
  EXPECT_EQ(found(frame(eth(0x0800), ip4(6), TcpFields{.source_port = 5001}, shim(0)), decoders),
            "eth@0+14 ip@14+20 tcp@34+20 shim@54+4 | 1>2=6 | 58+0 payload");
  // A shim between IP and its transport: the datagram goes on behind it.
  const Octets shimmed = frame(eth(0x0800), ip4(201), shim(2, 17), udp(9), rest(4));
  for (const Depth depth : {Depth::all, Depth::transport}) {
    EXPECT_EQ(found(shimmed, decoders, depth),
              "eth@0+14 ip@14+20 shim@34+4 udp@38+8 | 1>3=17 | 46+4 payload");
  }
  EXPECT_EQ(decode(packet_of(shimmed), decoders).outer.payload_offset, 38U);
}

TEST(Decoders, OwnHeadersSayWhatFollows) {
  UserDecoder decoder = shim_decoder();
  decoder.udp_ports = {5000};
  Decoders decoders;
  decoders.add(decoder);
  const std::string before = "eth@0+14 ip@14+20 udp@34+8 shim@42+4 ";
  const Octets vxlan = frame(VxlanFields{}, eth(0x0800), datagram());
  EXPECT_EQ(found(on_ports(9, 5000, frame(shim(3, 4789), vxlan)), decoders),
            before + "vxlan@46+8 eth@54+14 ip@68+20 udp@88+8 | 1>2=17 / 6>7=17 | 96+4 payload");
  EXPECT_EQ(found(on_ports(9, 5000, frame(shim(6), datagram())), decoders),
            before + "ip@46+20 udp@66+8 | 1>2=17 / 4>5=17 | 74+4 payload");
  // TCP behind a port is no part of the datagram around it.
  EXPECT_EQ(found(on_ports(9, 5000, frame(shim(2, 6), tcp())), decoders),
            before + "tcp@46+20 | 1>2=17 | 66+0 payload");
  EXPECT_EQ(found(on_ports(9, 5000, shim(1, 0x1234)), decoders),
            before + "| 1>2=17 | 46+0 unknown_protocol");
  EXPECT_EQ(found(on_ports(9, 5000, frame(shim(5), rest(4))), decoders),
            before + "| 1>2=17 | 46+4 payload");
  // IP protocols have eight bits: 256 + 6 is none.
  EXPECT_EQ(found(on_ports(9, 5000, frame(shim(2, 256 + 6), tcp())), decoders),
            before + "| 1>2=17 | 46+20 unknown_protocol");
}

TEST(Decoders, ARefusalLeavesTheNumberWhatItWas) {
  UserDecoder decoder = shim_decoder();
  decoder.udp_ports = {4789};
  decoder.ether_types = {0x0800};
  Decoders decoders;
  decoders.add(decoder);
  EXPECT_EQ(found(on_ports(9, 4789, frame(VxlanFields{}, eth(0x0800), datagram())), decoders),
            "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 eth@50+14 ip@64+20 udp@84+8 | 1>2=17 / 5>6=17 "
            "| 92+4 payload");
  EXPECT_EQ(found(frame(eth(0x0800), shim(0)), decoders), "eth@0+14 shim@14+4 | - | 18+0 payload");
}

TEST(Decoders, ByContentWhereNoPortNamesAnything) {
  UserDecoder decoder = shim_decoder();
  decoder.content = true;
  Decoders decoders;
  decoders.add(decoder);
  EXPECT_EQ(found(on_ports(9, 7, shim(0)), decoders),
            "eth@0+14 ip@14+20 udp@34+8 shim@42+4 | 1>2=17 | 46+0 payload");
  EXPECT_EQ(found(on_ports(9, 7, rest(4)), decoders),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+4 payload");
  EXPECT_EQ(found(on_ports(9, 6081, shim(0)), decoders),
            test::text_of(decode(packet_of(on_ports(9, 6081, shim(0))))));
  EXPECT_EQ(found(frame(eth(0x0800), ip4(6), tcp()), decoders),
            "eth@0+14 ip@14+20 tcp@34+20 | 1>2=6 | 54+0 payload");
}

TEST(Decoders, HostileDecodersAreBounded) {
  UserDecoder for_ever{.name = "for_ever",
                       .decode =
                           [](Bytes, std::size_t, void*) noexcept {
                             return std::optional{DecodedHeader{0, NextHeader{user_protocol(0)}}};
                           },
                       .udp_ports = {7}};
  Decoders decoders;
  decoders.add(for_ever);
  const Octets endless = on_ports(9, 7, rest(4));
  const Layers layers = decode(packet_of(endless), decoders);
  EXPECT_EQ(layers.size(), Layers::max_layers);
  EXPECT_EQ(layers.stop, StopReason::nesting_limit);
  EXPECT_EQ(layers.missing, user_protocol(0));
  EXPECT_EQ(layers.payload_offset, 42U);

  Decoders greedy;
  greedy.add({.name = "greedy",
              .decode = [](Bytes, std::size_t wire,
                           void*) noexcept { return std::optional{DecodedHeader{wire + 1, {}}}; },
              .udp_ports = {7}});
  EXPECT_EQ(found(endless, greedy), "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+4 payload");
}

TEST(Decoders, SnappedHeadersAreCut) {
  Decoders decoders;
  decoders.add({.name = "eight",
                .decode =
                    [](Bytes, std::size_t, void*) noexcept {
                      return std::optional{DecodedHeader{8, NextHeader{Protocol::ipv4}}};
                    },
                .udp_ports = {7}});
  const Octets bytes = on_ports(9, 7, rest(8));
  Packet packet = packet_of(bytes);
  packet.data = packet.data.first(45);
  EXPECT_EQ(found(packet, decoders),
            "eth@0+14 ip@14+20 udp@34+8 eight@42+3 | 1>2=17 | 45+0 snapped");
  packet.data = packet.data.first(42);
  EXPECT_EQ(found(packet, decoders), "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+0 snapped");
  EXPECT_EQ(decode(packet, decoders).missing, user_protocol(0));
}

TEST(Decoders, TheContextLivesAsLongAsTheyDo) {
  struct Count {
    int asked = 0;
    std::size_t wire_rest = 0;
  };
  auto count = std::make_shared<Count>();
  Decoders decoders;
  decoders.add({.name = "counted",
                .decode =
                    [](Bytes, std::size_t wire, void* context) noexcept {
                      auto& of = *static_cast<Count*>(context);
                      ++of.asked;
                      of.wire_rest = wire;
                      return std::optional<DecodedHeader>{};
                    },
                .context = count,
                .udp_ports = {7}});
  const Decoders copy = decoders;
  decoders = {};
  EXPECT_GT(count.use_count(), 1);
  static_cast<void>(decode(packet_of(on_ports(9, 7, rest(5))), copy));
  EXPECT_EQ(count->asked, 1);
  EXPECT_EQ(count->wire_rest, 5U);
}

TEST(Decoders, CopiesDoNotChangeWithEachOther) {
  Decoders one = Decoders::parse("udp.port==7,vxlan");
  const Decoders two = one;
  one.assign("udp.port==7,none");
  const Octets bytes = on_ports(9, 7, frame(VxlanFields{}, eth(0x0800), datagram()));
  EXPECT_EQ(decode(packet_of(bytes), one).find(Protocol::vxlan), nullptr);
  EXPECT_NE(decode(packet_of(bytes), two).find(Protocol::vxlan), nullptr);
}

TEST(Decoders, NamesThatCannotBeUsed) {
  Decoders decoders;
  const auto add = [&](std::string name) {
    decoders.add({.name = std::move(name), .decode = read_shim});
  };
  for (const char* const name : {"", "Upper", "two words", "ip", "none", "data", "\"", "\xff"}) {
    EXPECT_THROW(add(name), Error) << name;
  }
  EXPECT_THROW(add(std::string(65, 'a')), Error);
  EXPECT_THROW(decoders.add({.name = "null_function"}), Error);
  add("a");
  EXPECT_THROW(add("a"), Error);
  for (std::size_t i = 1; i < max_user_protocols; ++i) add("b" + std::to_string(i));
  EXPECT_THROW(add("one_more"), Error);
  EXPECT_EQ(decoders.user_count(), max_user_protocols);
  EXPECT_NO_THROW(decoders.assign("udp.port==7,b23"));
  EXPECT_THROW(Decoders{}.assign(NumberSpace::udp_port, 7, user_protocol(0)), Error);
  EXPECT_EQ(decoders.name(user_protocol(max_user_protocols - 1)), "b23");
  EXPECT_EQ(Decoders{}.name(user_protocol(0)), "");
}

TEST(Decoders, AllOwnProtocolsFitInAProtocolSet) {
  for (std::size_t i = 0; i < max_user_protocols; ++i) {
    const ProtocolSet set{user_protocol(i)};
    EXPECT_TRUE(set.contains(user_protocol(i)));
    EXPECT_FALSE(set.contains(Protocol::tls));
    EXPECT_EQ(user_index(user_protocol(i)), i);
    EXPECT_TRUE(is_user_protocol(user_protocol(i)));
  }
  EXPECT_FALSE(is_user_protocol(Protocol::tls));
}

}  // namespace
}  // namespace weir::wire
