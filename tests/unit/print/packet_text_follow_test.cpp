// PacketText goes wherever decode() goes: into every tunnel and behind every tag.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "support/frames.h"
#include "support/hex.h"
#include "weir/print/packet_text.h"
#include "weir/stored_link_type.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/dccp.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/erspan.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/hsr.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/llc.h"
#include "weir/wire/macsec.h"
#include "weir/wire/mpls.h"
#include "weir/wire/nsh.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/ppi.h"
#include "weir/wire/ppp.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/trill.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"
#include "weir/wire/vxlan.h"

namespace weir::print {
namespace {

using test::eth;
using test::frame;
using test::ip4;
using test::ip6;
using test::Octets;
using test::padded;
using test::rest;
using test::udp;

/// The packet inside: no other has these addresses.
Octets inner() {
  return frame(
      wire::Ipv4Fields{.protocol = 17, .source = {{10, 0, 0, 1}}, .destination = {{10, 0, 0, 2}}},
      wire::UdpFields{.source_port = 1111, .destination_port = 2222}, rest(5));
}
Octets bridged() { return frame(eth(0x0800), inner()); }
constexpr std::string_view inner_text = "10.0.0.1.1111 > 10.0.0.2.2222: UDP, length 5";

std::string text_of(const Octets& bytes, LinkType link_type = LinkType::ethernet,
                    PacketTextOptions options = {}) {
  const Packet packet{.data = bytes,
                      .wire_length = static_cast<std::uint32_t>(bytes.size()),
                      .link_type = link_type};
  options.time = TimeFormat::none;
  PacketText text{options};
  std::string out;
  text.append(out, packet, wire::decode(packet));
  return out;
}

struct Carrier {
  std::string name;
  Octets bytes{};
  /// The whole line; empty: it only has to hold the inner packet.
  std::string text{};
  LinkType link_type = LinkType::ethernet;
};
void PrintTo(const Carrier& carrier, std::ostream* out) { *out << carrier.name; }

template <class... Headers>
Octets over_udp(std::uint16_t port, const Headers&... headers) {
  return frame(eth(0x0800), ip4(17), udp(port), headers...);
}
std::string behind(std::uint16_t port, std::string_view text) {
  return "IP 192.0.2.1.50000 > 198.51.100.2." + std::to_string(port) + ": " + std::string{text};
}
std::string ip_line(std::string_view before, std::string_view after = "") {
  return std::string{before} + "IP " + std::string{inner_text} + std::string{after} + "\n";
}

std::vector<Carrier> tunnels_over_udp() {
  using Next = wire::VxlanView::Next;
  const auto gpe = [](Next next) {
    return wire::VxlanFields{.has_next_protocol = true, .next_protocol = next, .identifier = 7};
  };
  const wire::NshFields nsh{.next_protocol = wire::NshView::Next::ipv4,
                            .service_path_identifier = 1};
  const std::string nsh_text = "NSH, flags [none], service-path-id 0x000001, service-index 0xff: ";
  const std::string gpe_text = "VXLAN-GPE, flags [IP], vni 7: ";
  const wire::PppFields ppp{.has_address_and_control = true, .protocol = 0x0021};
  return {
      {"Vxlan", over_udp(4789, wire::VxlanFields{.identifier = 7}, bridged()),
       ip_line(behind(4789, "VXLAN, flags [I] (0x08), vni 7\n"))},
      {"VxlanOfLinux", over_udp(8472, wire::VxlanFields{.identifier = 7}, bridged()),
       ip_line(behind(8472, "VXLAN, flags [I] (0x08), vni 7\n"))},
      {"VxlanNamed", over_udp(4789, gpe(Next::ipv4), inner()), ip_line(behind(4789, gpe_text))},
      {"VxlanGpe", over_udp(4790, gpe(Next::ipv4), inner()), ip_line(behind(4790, gpe_text))},
      {"VxlanGpeEthernet", over_udp(4790, gpe(Next::ethernet), bridged()),
       ip_line(behind(4790, gpe_text))},
      {"VxlanGpeNsh", over_udp(4790, gpe(Next::nsh), nsh, inner()),
       ip_line(behind(4790, gpe_text + nsh_text))},
      {"VxlanGpeMpls", over_udp(4790, gpe(Next::mpls), wire::MplsFields{.label = 100}, inner())},
      {"Mpls", over_udp(6635, wire::MplsFields{.label = 100, .ttl = 64}, inner()),
       ip_line(behind(6635, "MPLS (label 100, tc 0, [S], ttl 64) "))},
      {"L2tp",
       over_udp(1701, wire::L2tpFields{.tunnel_identifier = 1, .session_identifier = 2}, ppp,
                inner()),
       ip_line(behind(1701, " l2tp:[](1/2) {"), "}")},
      {"L2tpWithLength",
       over_udp(
           1701,
           wire::L2tpFields{.has_length = true, .tunnel_identifier = 1, .session_identifier = 2},
           ppp, inner()),
       ip_line(behind(1701, " l2tp:[L](1/2) {"), "}")},
      {"Gtp", over_udp(2152, wire::GtpFields{.tunnel_endpoint_identifier = 9}, inner()),
       ip_line(behind(2152, "GTPv1, type 255, teid 0x00000009: "))},
      {"GeneveMpls",
       over_udp(6081, wire::GeneveFields{.protocol = 0x8847}, wire::MplsFields{}, inner())},
      {"GeneveNsh", over_udp(6081, wire::GeneveFields{.protocol = 0x894f}, nsh, inner())},
      {"Teredo", over_udp(3544, ip6(17), udp(), rest(4)),
       behind(3544, "Teredo: IP6 2001:db8::1.50000 > 2001:db8::2.7777: UDP, length 4\n")},
  };
}

std::vector<Carrier> tunnels_over_ip() {
  const auto over_ip = [](std::uint8_t protocol, const auto&... headers) {
    return frame(eth(0x0800), ip4(protocol), headers...);
  };
  const wire::GreFields mirrored{.has_sequence_number = true, .protocol = 0x88be};
  const wire::MplsFields label{};
  return {
      {"IpInIp", over_ip(4, inner())},
      {"EtherIp", over_ip(97, wire::EtherIpFields{}, bridged()),
       ip_line("IP 192.0.2.1 > 198.51.100.2: EtherIP: ")},
      {"MplsInIp", over_ip(137, label, inner())},
      {"GreNsh", over_ip(47, wire::GreFields{.protocol = 0x894f},
                         wire::NshFields{.next_protocol = wire::NshView::Next::ipv4}, inner())},
      {"GreVlan", over_ip(47, wire::GreFields{.protocol = 0x8100},
                          wire::VlanFields{.type_or_length = 0x0800}, inner())},
      {"GreWccp", over_ip(47, wire::GreFields{.protocol = 0x883e}, inner())},
      {"ErspanI", over_ip(47, wire::GreFields{.protocol = 0x88be}, bridged())},
      {"ErspanII", over_ip(47, mirrored, wire::ErspanFields{}, bridged())},
      {"ErspanIII", over_ip(47, wire::GreFields{.has_sequence_number = true, .protocol = 0x22eb},
                            wire::ErspanFields{.version = 2}, bridged())},
  };
}

std::vector<Carrier> tags() {
  using wire::VlanFields;
  const std::string plain = ip_line("");
  const auto tagged = [&](std::uint16_t type, const auto&... headers) {
    return frame(eth(type), headers..., inner());
  };
  return {
      {"VnTag", tagged(0x8926, wire::VnTagFields{.type_or_length = 0x0800}), plain},
      {"VnTagAndVlan",
       tagged(0x8926, wire::VnTagFields{.type_or_length = 0x8100},
              VlanFields{.type_or_length = 0x0800}),
       plain},
      {"ETag", tagged(0x893f, wire::ETagFields{.type_or_length = 0x0800}), plain},
      {"RTag", tagged(0xf1c1, wire::RTagFields{.type_or_length = 0x0800}), plain},
      {"Hsr", tagged(0x892f, wire::HsrFields{.type_or_length = 0x0800}), plain},
      {"CiscoMetadata", tagged(0x8909, wire::CiscoMetadataFields{.type_or_length = 0x0800}), plain},
      {"Vlan9300", tagged(0x9300, VlanFields{.type_or_length = 0x0800}), plain},
      {"ServiceTag", tagged(0x88e7, wire::ITagFields{.type_or_length = 0x0800}), plain},
      {"Macsec",
       frame(eth(0x88e5), wire::MacsecFields{.type_or_length = 0x0800}, inner(), rest(16)), plain},
      {"Trill", frame(eth(0x22f3), wire::TrillFields{.egress = 1, .ingress = 2}, bridged()),
       ip_line("TRILL, ingress 0x0002, egress 0x0001, hops 63: ")},
      {"Nsh", frame(eth(0x894f), wire::NshFields{}, bridged())},
      {"NshMpls", frame(eth(0x894f), wire::NshFields{.next_protocol = wire::NshView::Next::mpls},
                        wire::MplsFields{}, inner())},
      {"Bridged", frame(eth(0x6558), bridged()), plain},
      {"Pseudowire", frame(eth(0x8847), wire::MplsFields{}, Octets{0, 0, 0, 1}, bridged())},
      {"SnapBridged", frame(eth(static_cast<std::uint16_t>(8 + bridged().size())),
                            wire::LlcFields{.dsap = 0xaa, .ssap = 0xaa},
                            wire::SnapFields{.oui = 0x0080c2, .type = 7}, bridged())},
  };
}

std::vector<Carrier> link_types() {
  const wire::CiscoHdlcFields hdlc{.protocol = 0x0800};
  const std::string plain = ip_line("");
  return {
      {"CiscoHdlc", frame(hdlc, inner()), plain, LinkType::c_hdlc},
      {"CiscoHdlcAsPpp", frame(hdlc, inner()), plain, LinkType::ppp},
      {"CiscoHdlcAsPppSerial", frame(hdlc, inner()), plain, LinkType::ppp_hdlc},
      {"Ipoib", frame(wire::IpoibFields{.type = 0x0800}, inner()), plain, link_types::ipoib},
      {"Enc", frame(rest(12, 0), inner()), plain, link_types::enc},
      {"AtmClip", inner(), plain, link_types::atm_clip},
      {"PppInNull",
       frame(wire::PppFields{.has_address_and_control = true, .protocol = 0x0021}, inner()), plain,
       LinkType::null},
      {"Null", frame(wire::NullFields{.family = 2}, inner()), plain, LinkType::null},
      {"NullIpv6OfWindows", frame(wire::NullFields{.family = 23}, ip6(4), inner()),
       ip_line("IP6 2001:db8::1 > 2001:db8::2: "), LinkType::null},
      {"Loop", frame(wire::NullFields{.is_little_endian = false, .family = 2}, inner()), plain,
       LinkType::loop},
      {"Raw", inner(), plain, LinkType::raw},
      {"Ipv4", inner(), plain, LinkType::ipv4},
      {"PpiRaw", frame(wire::PpiFields{.dlt = 101}, inner()), plain, LinkType::ppi},
      {"PpiRawOfBsd", frame(wire::PpiFields{.dlt = 12}, inner()), plain, LinkType::ppi},
      {"PpiIpv4", frame(wire::PpiFields{.dlt = 228}, inner()), plain, LinkType::ppi},
      {"Cooked", frame(wire::SllFields{.protocol = 0x0800}, inner()), plain, LinkType::linux_sll},
      {"CookedLlc",
       frame(wire::SllFields{.protocol = 4}, wire::LlcFields{.dsap = 6, .ssap = 6}, inner()), plain,
       LinkType::linux_sll},
      {"CookedVlan",
       frame(wire::SllFields{.protocol = 0x8100}, wire::VlanFields{.type_or_length = 0x0800},
             inner()),
       plain, LinkType::linux_sll},
  };
}

class PacketTextFollows : public testing::TestWithParam<Carrier> {};

TEST_P(PacketTextFollows, WhatDecodeFinds) {
  const auto& [name, bytes, text, link_type] = GetParam();
  const std::string line = text_of(bytes, link_type);
  EXPECT_NE(line.find(name == "Teredo" ? "2001:db8::2" : inner_text), std::string::npos) << line;
  if (!text.empty()) {
    EXPECT_EQ(line, text);
  }
  // With all options too, and cut anywhere.
  PacketTextOptions options;
  options.link_header = true;
  options.verbosity = 3;
  EXPECT_FALSE(text_of(bytes, link_type, options).empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Octets cut{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
    EXPECT_FALSE(text_of(cut, link_type, options).empty());
  }
}

const auto name_of = [](const testing::TestParamInfo<Carrier>& carrier) {
  return carrier.param.name;
};
INSTANTIATE_TEST_SUITE_P(OverUdp, PacketTextFollows, testing::ValuesIn(tunnels_over_udp()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(OverIp, PacketTextFollows, testing::ValuesIn(tunnels_over_ip()), name_of);
INSTANTIATE_TEST_SUITE_P(Tags, PacketTextFollows, testing::ValuesIn(tags()), name_of);
INSTANTIATE_TEST_SUITE_P(LinkTypes, PacketTextFollows, testing::ValuesIn(link_types()), name_of);

TEST(PacketTextRaw, IsOfTheVersionThatThePacketSays) {
  EXPECT_EQ(text_of(frame(ip6(17), udp(), rest(4)), LinkType::ipv4), "IP6 \n");
  EXPECT_EQ(text_of(inner(), LinkType::ipv6), "IP \n");
  EXPECT_EQ(text_of(test::hex("50 00"), LinkType::raw), "unknown ip 5\n");
}

TEST(PacketTextLlc, ShowsWhatIsNoInformationAsItself) {
  const std::string text = text_of(
      frame(eth(3), wire::LlcFields{.dsap = 0x42, .ssap = 0x42, .control = 0xe3}));  // a test
  EXPECT_NE(text.find("LLC, dsap STP (0x42) Individual"), std::string::npos) << text;
  EXPECT_NE(text.find("Unnumbered, test"), std::string::npos) << text;
}

// Offload left the lengths out: the datagram ends where what it lies in does.
TEST(PacketTextLength, OfDatagramsThatStateNoneIsWhatDecodeFinds) {
  const auto length_of = [](Octets bytes, std::size_t length_at) {
    store_be(bytes.data() + length_at, std::uint16_t{0});
    const Packet packet{.data = bytes,
                        .wire_length = static_cast<std::uint32_t>(bytes.size()),
                        .flags = PacketFlags::has_fcs};
    PacketText text{{.time = TimeFormat::none}};
    std::string out;
    text.append(out, packet, wire::decode(packet));
    return out.substr(out.find("length"));
  };
  constexpr std::size_t check_sequence = 4;
  const Octets over_ip4 = frame(eth(0x0800), ip4(6), test::tcp(), rest(7 + check_sequence));
  EXPECT_EQ(length_of(over_ip4, 14 + 2), "length 7\n");
  const Octets over_ip6 = frame(eth(0x86dd), ip6(6), test::tcp(), rest(7 + check_sequence));
  EXPECT_EQ(length_of(over_ip6, 14 + 4), "length 7\n");
}

TEST(PacketTextDccp, NamesBothEndsAndWhatThePacketIs) {
  const auto dccp = [](std::uint8_t type, const Octets& behind) {
    return text_of(frame(eth(0x0800), ip4(33),
                         wire::DccpFields{.source_port = 1111,
                                          .destination_port = 2222,
                                          .type = type,
                                          .rest_of_header = behind}));
  };
  const std::string ends = "IP 192.0.2.1.1111 > 198.51.100.2.2222: DCCP ";
  EXPECT_EQ(dccp(0, test::hex("00 00 00 2a")), ends + "DCCP-Request (service=42) \n");
  EXPECT_EQ(dccp(1, test::hex("00 00 00 00 00 00 00 05 00 00 00 2a")),
            ends + "DCCP-Response (service=42) (ack=5) \n");
  EXPECT_EQ(dccp(2, {}), ends + "DCCP-Data \n");
  EXPECT_EQ(dccp(3, test::hex("00 00 00 00 00 00 00 09")), ends + "DCCP-Ack (ack=9) \n");
  EXPECT_EQ(dccp(7, test::hex("00 00 00 00 00 00 00 09 02 00 00 00")),
            ends + "DCCP-Reset (code=aborted) (ack=9) \n");
  EXPECT_EQ(dccp(3, {}), ends + "truncated-DCCP-Ack - 8 bytes missing!\n");
  EXPECT_EQ(dccp(12, {}), ends + "unknown-type-12\n");
}

TEST(PacketTextUdpLite, NamesBothEnds) {
  EXPECT_EQ(text_of(frame(eth(0x86dd), ip6(136), test::hex("04 57 08 ae 00 08 00 00"), rest(4))),
            "IP6 2001:db8::1.1111 > 2001:db8::2.2222: UDP-Lite, coverage 8, length 4\n");
}

TEST(PacketTextLength, Of8023FramesLeavesThePaddingOut) {
  const auto bpdu =
      frame(wire::LlcFields{.dsap = 0x42, .ssap = 0x42}, test::hex("00 00 00 00 00"), rest(30, 0));
  const Octets plain = padded(frame(eth(38), bpdu), 8);
  EXPECT_NE(text_of(plain).find("length 35\n"), std::string::npos) << text_of(plain);
  const Octets in_vlan =
      padded(frame(eth(0x8100), wire::VlanFields{.type_or_length = 38}, bpdu), 8);
  EXPECT_NE(text_of(in_vlan).find("length 35\n"), std::string::npos) << text_of(in_vlan);
  const Octets in_tag = padded(frame(eth(0x893f), wire::ETagFields{.type_or_length = 38}, bpdu), 8);
  EXPECT_NE(text_of(in_tag).find("length 35\n"), std::string::npos) << text_of(in_tag);
  const Octets netbios =
      padded(frame(eth(3), wire::LlcFields{.dsap = 0xf0, .ssap = 0xf0, .control = 0x7f}), 43);
  EXPECT_NE(text_of(netbios).find("length 3"), std::string::npos) << text_of(netbios);
}

TEST(PacketTextTags, AreShownWithTheLinkHeader) {
  PacketTextOptions options;
  options.link_header = true;
  const std::string macs = "00:00:5e:00:53:02 > 00:00:5e:00:53:01, ethertype ";
  EXPECT_EQ(text_of(frame(eth(0x8926),
                          wire::VnTagFields{.destination_interface = 1,
                                            .source_interface = 2,
                                            .type_or_length = 0x0800},
                          inner()),
                    LinkType::ethernet, options),
            macs + "VN-Tag (0x8926), length 53: VN-Tag up dst 1, src 2, ethertype IPv4 (0x0800), " +
                std::string{inner_text} + "\n");
  EXPECT_EQ(text_of(frame(eth(0x88e5),
                          wire::MacsecFields{
                              .encryption = true, .changed_text = true, .packet_number = 7},
                          rest(60)),
                    LinkType::ethernet, options),
            macs + "MACsec (0x88e5), length 80: MACsec an 0, pn 7, encrypted, length 66\n");
}

// Both judge with wire/'s one function: a route that is used up, and one that is not.
TEST(PacketTextChecksum, IsThatOfTheFinalDestination) {
  PacketTextOptions options;
  options.verbosity = 2;
  const auto line = [&](std::uint8_t pointer, const wire::Ipv4Fields& fields,
                        const Ipv4Address& last) {
    Octets route = test::hex("83 07 04 cb 00 71 09 00");
    route[2] = pointer;
    wire::Ipv4Fields ip = fields;
    ip.options = route;
    Octets segment = frame(udp(), rest(4));
    store_be(segment.data() + 6,
             wire::internet_checksum(segment,
                                     wire::pseudo_header_sum(ip.source, last, 17, segment.size())));
    return text_of(frame(eth(0x0800), ip, segment), LinkType::ethernet, options);
  };
  const Ipv4Address last{{203, 0, 113, 9}};
  EXPECT_NE(line(4, ip4(17), last).find("[udp sum ok]"), std::string::npos);
  EXPECT_NE(line(8, ip4(17), ip4(17).destination).find("[udp sum ok]"), std::string::npos);
  EXPECT_NE(line(8, ip4(17), last).find("[bad udp cksum"), std::string::npos);
}

std::string verbose(const Octets& bytes) {
  PacketTextOptions options;
  options.verbosity = 2;
  return text_of(bytes, LinkType::ethernet, options);
}

TEST(PacketTextChecksum, NamesACoverageThatCannotBe) {
  const auto lite = [](std::uint16_t coverage) {
    Octets packet = test::hex("3039 1e61 0000 1111 61626364");
    store_be(packet.data() + 4, coverage);
    return verbose(frame(eth(0x0800), ip4(136), packet));
  };
  constexpr std::uint16_t impossible[] = {1, 7, 13, 0xffff};
  for (const std::uint16_t coverage : impossible) {
    const std::string text = lite(coverage);
    EXPECT_NE(text.find("[bad udplite coverage " + std::to_string(coverage) + "!] UDP-Lite"),
              std::string::npos)
        << text;
  }
  constexpr std::uint16_t possible[] = {0, 8, 12};
  for (const std::uint16_t coverage : possible) {
    EXPECT_NE(lite(coverage).find("[bad udplite cksum 0x1111 -> 0x"), std::string::npos);
  }
  const auto dccp = [](std::uint8_t coverage) {
    return verbose(frame(eth(0x0800), ip4(33),
                         wire::DccpFields{.checksum_coverage = coverage, .type = 2}, rest(9)));
  };
  EXPECT_NE(dccp(3).find("(incorrect -> 0x"), std::string::npos) << dccp(3);
  EXPECT_NE(dccp(4).find("(incorrect, CsCov beyond the end)"), std::string::npos) << dccp(4);
}

// RFC 768: a sum of 0 is sent as all ones; nothing else stands for it.
TEST(PacketTextChecksum, ExpectsNoZeroOfUdp) {
  for (const std::uint8_t protocol : {std::uint8_t{17}, std::uint8_t{136}}) {
    Octets packet = test::hex("3039 1e61 000a 0000 0000");
    const auto sum = wire::internet_checksum(
        packet, wire::pseudo_header_sum(ip4(0).source, ip4(0).destination, protocol, 10));
    store_be(packet.data() + 8, sum);  // with it all of the rest adds up to 0
    store_be(packet.data() + 6, std::uint16_t{0x1234});
    const std::string text = verbose(frame(eth(0x0800), ip4(protocol), packet));
    EXPECT_NE(text.find(" cksum 0x1234 -> 0xffff!]"), std::string::npos) << text;
  }
  // Over IPv6 it must be there, but what it should be takes all of the datagram.
  Octets cut = frame(eth(0x86dd), ip6(17), test::hex("9c40 14f2 0028 0000 61626364"));
  store_be(cut.data() + 18, std::uint16_t{40});
  const std::string text = verbose(cut);
  EXPECT_NE(text.find("[bad udp cksum 0x0000!]"), std::string::npos) << text;
}

}  // namespace
}  // namespace weir::print
