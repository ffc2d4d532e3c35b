// decode() on every link type: Ethernet, cooked, loopback, raw, PPP and its kin, capture headers.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/stored_link_type.h"
#include "weir/wire/arcnet.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/fddi.h"
#include "weir/wire/frame_relay.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/llc.h"
#include "weir/wire/nflog.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/pktap.h"
#include "weir/wire/ppi.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/slip.h"
#include "weir/wire/token_ring.h"

namespace weir::test {
namespace {

constexpr wire::LlcFields llc_snap{.dsap = 0xaa, .ssap = 0xaa};

std::vector<Sample> ethernet_frames() {
  using wire::LlcFields;
  using wire::SnapFields;
  constexpr auto link = LinkType::ethernet;
  const auto snapped_datagram = frame(llc_snap, SnapFields{.type = 0x0800}, datagram());
  return {
      {"EthernetIi", link, frame(eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+4 payload"},
      {"Ieee8023Snap", link, padded(frame(eth(40), snapped_datagram), 6),
       "eth@0+14 llc@14+3 snap@17+5 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"Ieee8023SnapOfBridgeTunnel", link,
       frame(eth(40), llc_snap, SnapFields{.oui = 0x0000f8, .type = 0x0800}, datagram()),
       "eth@0+14 llc@14+3 snap@17+5 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"Ieee8023SnapBridged", link,
       frame(eth(54), llc_snap, SnapFields{.oui = 0x0080c2, .type = 7}, eth(0x0800), datagram()),
       "eth@0+14 llc@14+3 snap@17+5 eth@22+14 ip@36+20 udp@56+8 | 4>5=17 | 64+4 payload"},
      {"Ieee8023SnapOfCisco", link,
       frame(eth(14), llc_snap, SnapFields{.oui = 0x00000c, .type = 0x2000}, rest(6)),
       "eth@0+14 llc@14+3 snap@17+5 | - | 22+6 unknown_protocol"},
      {"Ieee8023Ip", link, frame(eth(35), LlcFields{.dsap = 6, .ssap = 6}, datagram()),
       "eth@0+14 llc@14+3 ip@17+20 udp@37+8 | 2>3=17 | 45+4 payload"},
      {"Ieee8023SpanningTree", link,
       padded(frame(eth(38), LlcFields{.dsap = 0x42, .ssap = 0x42}, rest(35)), 8),
       "eth@0+14 llc@14+3 stp@17+35 | - | 52+0 payload"},
      {"Ieee8023NetBiosNumbered", link,
       padded(frame(eth(9), LlcFields{.dsap = 0xf0, .ssap = 0xf0, .control = 1}, rest(5)), 4),
       "eth@0+14 llc@14+4 | - | 18+5 unknown_protocol"},
      {"EtherTypeNobodyKnows", link, frame(eth(0x88b5), rest(9)),
       "eth@0+14 | - | 14+9 unknown_protocol"},
  };
}

std::vector<Sample> cooked_frames() {
  using wire::Sll2Fields;
  using wire::SllFields;
  constexpr auto v1 = LinkType::linux_sll;
  constexpr auto v2 = LinkType::linux_sll2;
  const wire::SnapFields snap{.type = 0x86dd};
  return {
      {"Sll", v1, frame(SllFields{.protocol = 0x0800}, datagram()),
       "sll@0+16 ip@16+20 udp@36+8 | 1>2=17 | 44+4 payload"},
      {"SllWithLlc", v1, frame(SllFields{.protocol = 4}, llc_snap, snap, datagram6()),
       "sll@0+16 llc@16+3 snap@19+5 ipv6@24+40 udp@64+8 | 3>4=17 | 72+4 payload"},
      {"SllOfNetlink", v1, frame(SllFields{.arphrd_type = 824, .protocol = 0x0800}, rest(20)),
       "sll@0+16 | - | 16+20 unknown_protocol"},
      {"SllOfNovell", v1, frame(SllFields{.protocol = 1}, rest(20)),
       "sll@0+16 | - | 16+20 unknown_protocol"},
      {"Sll2", v2, frame(Sll2Fields{.protocol = 0x86dd}, datagram6()),
       "sll@0+20 ipv6@20+40 udp@60+8 | 1>2=17 | 68+4 payload"},
      {"Sll2WithLlc", v2, frame(Sll2Fields{.protocol = 4}, llc_snap, snap, datagram6()),
       "sll@0+20 llc@20+3 snap@23+5 ipv6@28+40 udp@68+8 | 3>4=17 | 76+4 payload"},
  };
}

std::vector<Sample> loopback_frames() {
  using wire::NullFields;
  using wire::PppFields;
  constexpr auto null = LinkType::null;
  constexpr auto loop = LinkType::loop;
  const std::string ip_text = "null@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload";
  const std::string ipv6_text = "null@0+4 ipv6@4+40 udp@44+8 | 1>2=17 | 52+4 payload";
  const auto family = [](std::uint16_t number, bool little_endian, const Octets& packet) {
    return frame(NullFields{.is_little_endian = little_endian, .family = number}, packet);
  };
  const PppFields framed{.has_address_and_control = true, .protocol = 0x0021};
  return {
      {"NullLittleEndian", null, family(2, true, datagram()), ip_text},
      {"NullBigEndian", null, family(2, false, datagram()), ip_text},
      {"NullIpv6OfLinux", null, family(10, true, datagram6()), ipv6_text},
      {"NullIpv6OfWindows", null, family(23, true, datagram6()), ipv6_text},
      {"NullIpv6OfOpenBsd", null, family(24, false, datagram6()), ipv6_text},
      {"NullIpv6OfFreeBsd", null, family(28, true, datagram6()), ipv6_text},
      {"NullIpv6OfMacOs", null, family(30, true, datagram6()), ipv6_text},
      {"NullOfAnotherFamily", null, family(7, true, rest(20)),
       "null@0+4 | - | 4+20 unknown_protocol"},
      {"NullWithPpp", null, frame(framed, datagram()),
       "null@0+0 ppp@0+4 ip@4+20 udp@24+8 | 2>3=17 | 32+4 payload"},
      {"Loop", loop, family(2, false, datagram()), ip_text},
      {"LoopIpv6", loop, family(24, false, datagram6()), ipv6_text},
      {"RawIpv4", LinkType::raw, datagram(), "raw@0+0 ip@0+20 udp@20+8 | 1>2=17 | 28+4 payload"},
      {"RawIpv6", LinkType::raw, datagram6(), "raw@0+0 ipv6@0+40 udp@40+8 | 1>2=17 | 48+4 payload"},
      {"Ipv4", LinkType::ipv4, datagram(), "ip@0+20 udp@20+8 | 0>1=17 | 28+4 payload"},
      {"Ipv6", LinkType::ipv6, datagram6(), "ipv6@0+40 udp@40+8 | 0>1=17 | 48+4 payload"},
  };
}

std::vector<Sample> ppp_frames() {
  using wire::PppFields;
  constexpr auto ppp = LinkType::ppp;
  constexpr auto serial = LinkType::ppp_hdlc;
  const PppFields framed{.has_address_and_control = true, .protocol = 0x0021};
  const auto session = frame(wire::PppoeFields{}, PppFields{.protocol = 0x0021}, datagram());
  return {
      {"Ppp", ppp, frame(PppFields{.protocol = 0x0021}, datagram()),
       "ppp@0+2 ip@2+20 udp@22+8 | 1>2=17 | 30+4 payload"},
      {"PppWithAddressAndControl", ppp, frame(framed, datagram()),
       "ppp@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"PppWithOneByteProtocol", ppp,
       frame(PppFields{.compressed_protocol = true, .protocol = 0x57}, datagram6()),
       "ppp@0+1 ipv6@1+40 udp@41+8 | 1>2=17 | 49+4 payload"},
      {"PppWithMpls", ppp,
       frame(PppFields{.protocol = 0x0281}, Octets{0x00, 0x01, 0x01, 0x40}, datagram()),
       "ppp@0+2 mpls@2+4 ip@6+20 udp@26+8 | 2>3=17 | 34+4 payload"},
      {"PppEncrypted", ppp, frame(PppFields{.protocol = 0x0053}, rest(9)),
       "ppp@0+2 | - | 2+9 encrypted"},
      {"PppLinkControl", ppp, frame(PppFields{.protocol = 0xc021}, rest(4)),
       "ppp@0+2 | - | 2+4 unknown_protocol"},
      {"PppInHdlcFraming", serial, frame(framed, datagram()),
       "ppp@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"CiscoHdlcAsPppSerial", serial,
       frame(wire::CiscoHdlcFields{.address = 0x8f, .protocol = 0x0800}, datagram()),
       "chdlc@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"CiscoHdlcAsPpp", ppp, frame(wire::CiscoHdlcFields{.protocol = 0x0800}, datagram()),
       "chdlc@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"CiscoHdlcOfNetBsd", link_types::hdlc,
       frame(wire::CiscoHdlcFields{.protocol = 0x0800}, datagram()),
       "chdlc@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"PppWithDirection", LinkType::ppp_with_direction, frame(Octets{1}, framed, datagram()),
       "ppp@1+4 ip@5+20 udp@25+8 | 1>2=17 | 33+4 payload"},
      {"PppOverEthernetAlone", LinkType::ppp_ether, session,
       "pppoes@0+6 ppp@6+2 ip@8+20 udp@28+8 | 2>3=17 | 36+4 payload"},
      {"CiscoHdlc", LinkType::c_hdlc, frame(wire::CiscoHdlcFields{.protocol = 0x86dd}, datagram6()),
       "chdlc@0+4 ipv6@4+40 udp@44+8 | 1>2=17 | 52+4 payload"},
      {"CiscoHdlcKeepalive", LinkType::c_hdlc,
       frame(wire::CiscoHdlcFields{.protocol = 0x8035}, rest(14)),
       "chdlc@0+4 | - | 4+14 unknown_protocol"},
  };
}

std::vector<Sample> serial_frames() {
  using wire::FrameRelayFields;
  constexpr auto relay = LinkType::frame_relay;
  const wire::SnapFields snap{.type = 0x0800};
  return {
      {"FrameRelayIpv4", relay, frame(FrameRelayFields{.dlci = 100, .nlpid = 0xcc}, datagram()),
       "fr@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"FrameRelayIpv6", relay, frame(FrameRelayFields{.dlci = 100, .nlpid = 0x8e}, datagram6()),
       "fr@0+4 ipv6@4+40 udp@44+8 | 1>2=17 | 52+4 payload"},
      {"FrameRelayOfCisco", relay,
       frame(FrameRelayFields{.dlci = 100,
                              .encapsulation = wire::FrameRelayView::Encapsulation::ether_type,
                              .ether_type = 0x0800},
             datagram()),
       "fr@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"FrameRelaySnap", relay, frame(Octets{0x18, 0x41, 0x03, 0x00, 0x80}, snap, datagram()),
       "fr@0+5 snap@5+5 ip@10+20 udp@30+8 | 2>3=17 | 38+4 payload"},
      {"FrameRelayPpp", relay,
       frame(FrameRelayFields{.dlci = 100, .nlpid = 0xcf}, wire::PppFields{.protocol = 0x0021},
             datagram()),
       "fr@0+4 ppp@4+2 ip@6+20 udp@26+8 | 2>3=17 | 34+4 payload"},
      {"FrameRelaySignalling", relay, frame(Octets{0x00, 0x01, 0x08}, rest(5)),
       "fr@0+2 | - | 2+6 unknown_protocol"},
      {"Slip", LinkType::slip, frame(wire::SlipFields{}, datagram()),
       "slip@0+16 ip@16+20 udp@36+8 | 1>2=17 | 44+4 payload"},
      {"Mtp2", LinkType::mtp2, rest(9), "mtp2@0+9 | - | 9+0 payload"},
      {"Ieee802154", LinkType::ieee802_15_4, rest(9), "wpan@0+9 | - | 9+0 payload"},
      {"Ieee802154WithoutFcs", LinkType::ieee802_15_4_no_fcs, rest(9),
       "wpan@0+9 | - | 9+0 payload"},
  };
}

std::vector<Sample> ring_frames() {
  using wire::ArcnetFields;
  using wire::ArcnetView;
  const wire::SnapFields snap{.type = 0x0800};
  const Octets arp(28, 0);
  constexpr auto bsd = LinkType::arcnet;
  constexpr auto linux_driver = LinkType::arcnet_linux;
  return {
      {"TokenRing", LinkType::token_ring,
       frame(wire::TokenRingFields{}, llc_snap, snap, datagram()),
       "tr@0+14 llc@14+3 snap@17+5 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"TokenRingMacFrame", LinkType::token_ring,
       frame(wire::TokenRingFields{.frame_control = 0}, rest(6)), "tr@0+14 | - | 14+6 payload"},
      {"Fddi", LinkType::fddi, frame(wire::FddiFields{}, llc_snap, snap, datagram()),
       "fddi@0+13 llc@13+3 snap@16+5 ip@21+20 udp@41+8 | 3>4=17 | 49+4 payload"},
      {"FddiManagement", LinkType::fddi, frame(wire::FddiFields{.frame_control = 0x41}, rest(6)),
       "fddi@0+13 | - | 13+6 payload"},
      {"Arcnet", bsd, frame(ArcnetFields{.type = 0xd4}, datagram()),
       "arcnet@0+6 ip@6+20 udp@26+8 | 1>2=17 | 34+4 payload"},
      {"ArcnetIpv6", bsd, frame(ArcnetFields{.type = 0xc4}, datagram6()),
       "arcnet@0+6 ipv6@6+40 udp@46+8 | 1>2=17 | 54+4 payload"},
      {"ArcnetOld", bsd, frame(ArcnetFields{.type = 0xf0}, datagram()),
       "arcnet@0+3 ip@3+20 udp@23+8 | 1>2=17 | 31+4 payload"},
      {"ArcnetArp", bsd,
       frame(ArcnetFields{.type = 0xd5}, Octets{0, 7, 8, 0, 1, 4, 0, 1}, rest(10)),
       "arcnet@0+6 arp@6+18 | - | 24+0 payload"},
      {"ArcnetLaterFragment", bsd, frame(ArcnetFields{.type = 0xd4, .split_flag = 2}, rest(9)),
       "arcnet@0+6 | - | 6+9 later_fragment"},
      {"ArcnetOfAnotherType", bsd, frame(ArcnetFields{.type = 0xfa}, rest(9)),
       "arcnet@0+6 | - | 6+9 unknown_protocol"},
      {"ArcnetOfLinux", linux_driver, frame(Octets{1, 2, 0, 0, 0xd4, 0, 0, 0}, datagram()),
       "arcnet@0+8 ip@8+20 udp@28+8 | 1>2=17 | 36+4 payload"},
      {"ArcnetOfLinuxOld", linux_driver, frame(Octets{1, 2, 0, 0, 0xf0}, datagram()),
       "arcnet@0+5 ip@5+20 udp@25+8 | 1>2=17 | 33+4 payload"},
  };
}

std::vector<Sample> capture_headers() {
  using wire::NflogFields;
  using wire::PktapFields;
  using wire::PpiFields;
  const Octets open_length = changed(frame(ip4(253), rest(9)), 3, 0);  // total length
  // 70,000 is 0x11170, stored little-endian.
  Octets long_header = frame(PktapFields{.dlt = 12});
  long_header.resize(70'000);
  long_header[0] = 0x70;
  long_header[1] = 0x11;
  long_header[2] = 0x01;
  return {
      {"NflogIpv4", LinkType::nflog, frame(NflogFields{.family = 2}, datagram()),
       "nflog@0+8 ip@8+20 udp@28+8 | 1>2=17 | 36+4 payload"},
      {"NflogIpv6", LinkType::nflog, frame(NflogFields{.family = 10}, datagram6()),
       "nflog@0+8 ipv6@8+40 udp@48+8 | 1>2=17 | 56+4 payload"},
      {"NflogWithAnAttributeBehind", LinkType::nflog,
       frame(NflogFields{.family = 2, .payload_length = 29}, open_length, rest(8)),
       "nflog@0+8 ip@8+20 | 1=253 | 28+9 unknown_protocol"},
      {"NflogOfAnotherFamily", LinkType::nflog, frame(NflogFields{.family = 7}, rest(9)),
       "nflog@0+8 | - | 8+9 unknown_protocol"},
      {"PpiWithEthernet", LinkType::ppi, frame(PpiFields{.dlt = 1}, eth(0x0800), datagram()),
       "ppi@0+8 eth@8+14 ip@22+20 udp@42+8 | 2>3=17 | 50+4 payload"},
      {"PpiWithUnknownLink", LinkType::ppi, frame(PpiFields{.dlt = 147}, rest(9)),
       "ppi@0+8 | - | 8+9 unknown_link_type"},
      {"Pktap", LinkType::pktap, frame(PktapFields{.dlt = 1}, eth(0x0800), datagram()),
       "pktap@0+108 eth@108+14 ip@122+20 udp@142+8 | 2>3=17 | 150+4 payload"},
      {"PktapWithRawIp", LinkType::pktap, frame(PktapFields{.dlt = 12}, datagram()),
       "pktap@0+108 raw@108+0 ip@108+20 udp@128+8 | 2>3=17 | 136+4 payload"},
      {"PktapLongerThanALayerCanSay", LinkType::pktap, frame(long_header, datagram()),
       "pktap@0+65535 raw@70000+0 ip@70000+20 udp@70020+8 | 2>3=17 | 70028+4 payload"},
      {"PktapWithoutPacket", LinkType::pktap, frame(PktapFields{.record_type = 2}, rest(9)),
       "pktap@0+108 | - | 108+9 payload"},
      {"IpObservability", LinkType::ipnet, frame(rest(24, 0), datagram()),
       "ip@24+20 udp@44+8 | 0>1=17 | 52+4 payload"},
      {"PktapWithRawIpOfOpenBsd", LinkType::pktap, frame(PktapFields{.dlt = 14}, datagram()),
       "pktap@0+108 raw@108+0 ip@108+20 udp@128+8 | 2>3=17 | 136+4 payload"},
      {"Ipoib", link_types::ipoib, frame(wire::IpoibFields{.type = 0x0800}, datagram()),
       "ipoib@0+44 ip@44+20 udp@64+8 | 1>2=17 | 72+4 payload"},
      {"IpoibIpv6", link_types::ipoib, frame(wire::IpoibFields{.type = 0x86dd}, datagram6()),
       "ipoib@0+44 ipv6@44+40 udp@84+8 | 1>2=17 | 92+4 payload"},
      {"IpOverFibreChannel", link_types::ip_over_fc,
       frame(rest(16, 0), llc_snap, wire::SnapFields{.type = 0x0800}, datagram()),
       "llc@16+3 snap@19+5 ip@24+20 udp@44+8 | 2>3=17 | 52+4 payload"},
      {"IpOver1394", link_types::ip_over_1394, frame(rest(16, 0), Octets{8, 0}, datagram()),
       "ip@18+20 udp@38+8 | 0>1=17 | 46+4 payload"},
      {"OpenBsdEnc", link_types::enc, frame(rest(12, 2), datagram()),
       "ip@12+20 udp@32+8 | 0>1=17 | 40+4 payload"},
      {"AtmWithLlc", link_types::atm_rfc1483,
       frame(llc_snap, wire::SnapFields{.type = 0x0800}, datagram()),
       "llc@0+3 snap@3+5 ip@8+20 udp@28+8 | 2>3=17 | 36+4 payload"},
      {"AtmClip", link_types::atm_clip,
       frame(llc_snap, wire::SnapFields{.type = 0x0800}, datagram()),
       "llc@0+3 snap@3+5 ip@8+20 udp@28+8 | 2>3=17 | 36+4 payload"},
      {"AtmClipWithoutLlc", link_types::atm_clip, datagram(),
       "ip@0+20 udp@20+8 | 0>1=17 | 28+4 payload"},
      {"MplsAlone", link_types::mpls, frame(Octets{0, 0, 0x11, 0x40}, datagram()),
       "mpls@0+4 ip@4+20 udp@24+8 | 1>2=17 | 32+4 payload"},
      {"LinkTypeNobodyKnows", LinkType{147}, rest(9), "| - | 0+9 unknown_link_type"},
  };
}

class DecodeLink : public testing::TestWithParam<Sample> {};

TEST_P(DecodeLink, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeLink, testing::ValuesIn(link_samples()), name_of);

}  // namespace

std::vector<Sample> link_samples() {
  return joined({ethernet_frames(), cooked_frames(), loopback_frames(), ppp_frames(),
                 serial_frames(), ring_frames(), capture_headers()});
}

}  // namespace weir::test
