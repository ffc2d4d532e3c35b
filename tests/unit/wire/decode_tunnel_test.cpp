// decode() through tunnels: IP in IP, GRE, ERSPAN, VXLAN, Geneve, GTP, Teredo, L2TP, EtherIP, MPLS.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/erspan.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/mpls.h"
#include "weir/wire/nsh.h"
#include "weir/wire/ppp.h"
#include "weir/wire/teredo.h"
#include "weir/wire/vxlan.h"

namespace weir::test {
namespace {

constexpr auto link = LinkType::ethernet;
constexpr wire::PppFields framed_ppp{.has_address_and_control = true, .protocol = 0x0021};

template <class... Headers>
Octets in_ipv4(std::uint8_t protocol, const Headers&... headers) {
  return frame(eth(0x0800), ip4(protocol), headers...);
}

template <class... Headers>
Octets in_udp(std::uint16_t port, const Headers&... headers) {
  return in_ipv4(17, udp(port), headers...);
}

std::vector<Sample> ip_tunnels() {
  return {
      {"Ipv4InIpv4", link, in_ipv4(4, datagram()),
       "eth@0+14 ip@14+20 ip@34+20 udp@54+8 | 1=4 / 2>3=17 | 62+4 payload"},
      {"Ipv6InIpv4", link, in_ipv4(41, datagram6()),
       "eth@0+14 ip@14+20 ipv6@34+40 udp@74+8 | 1=41 / 2>3=17 | 82+4 payload"},
      {"Ipv4InIpv6", link, frame(eth(0x86dd), ip6(4), datagram()),
       "eth@0+14 ipv6@14+40 ip@54+20 udp@74+8 | 1=4 / 2>3=17 | 82+4 payload"},
      {"Ipv6InIpv6", link, frame(eth(0x86dd), ip6(41), datagram6()),
       "eth@0+14 ipv6@14+40 ipv6@54+40 udp@94+8 | 1=41 / 2>3=17 | 102+4 payload"},
      {"Ipv4Thrice", link, in_ipv4(4, ip4(4), datagram()),
       "eth@0+14 ip@14+20 ip@34+20 ip@54+20 udp@74+8 | 1=4 / 3>4=17 | 82+4 payload"},
      {"MplsInIp", link, in_ipv4(137, wire::MplsFields{}, datagram()),
       "eth@0+14 ip@14+20 mpls@34+4 ip@38+20 udp@58+8 | 1=137 / 3>4=17 | 66+4 payload"},
      {"EtherIp", link, in_ipv4(97, wire::EtherIpFields{}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 etherip@34+2 eth@36+14 ip@50+20 udp@70+8 | 1=97 / 4>5=17 "
       "| 78+4 payload"},
      {"L2tpVersion3", link, in_ipv4(115, rest(24)),
       "eth@0+14 ip@14+20 l2tp@34+24 | 1=115 | 58+0 payload"},
  };
}

std::vector<Sample> gre_tunnels() {
  using wire::GreFields;
  const GreFields everything{
      .has_checksum = true, .has_key = true, .has_sequence_number = true, .protocol = 0x0800};
  const auto version_1 = [](std::uint16_t payload_length) {
    return GreFields{.has_key = true,
                     .has_sequence_number = true,
                     .version = 1,
                     .protocol = 0x880b,
                     .payload_length = payload_length,
                     .call_identifier = 7};
  };
  return {
      {"Gre", link, in_ipv4(47, GreFields{.protocol = 0x0800}, datagram()),
       "eth@0+14 ip@14+20 gre@34+4 ip@38+20 udp@58+8 | 1=47 / 3>4=17 | 66+4 payload"},
      {"GreWithEveryField", link, in_ipv4(47, everything, datagram()),
       "eth@0+14 ip@14+20 gre@34+16 ip@50+20 udp@70+8 | 1=47 / 3>4=17 | 78+4 payload"},
      {"GreInIpv6", link, frame(eth(0x86dd), ip6(47), GreFields{.protocol = 0x86dd}, datagram6()),
       "eth@0+14 ipv6@14+40 gre@54+4 ipv6@58+40 udp@98+8 | 1=47 / 3>4=17 | 106+4 payload"},
      {"GreBridge", link, in_ipv4(47, GreFields{.protocol = 0x6558}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 gre@34+4 eth@38+14 ip@52+20 udp@72+8 | 1=47 / 4>5=17 | 80+4 payload"},
      {"GreKeepalive", link, in_ipv4(47, GreFields{.protocol = 0}),
       "eth@0+14 ip@14+20 gre@34+4 | 1=47 | 38+0 unknown_protocol"},
      {"GreVersion1", link, in_ipv4(47, version_1(36), framed_ppp, datagram()),
       "eth@0+14 ip@14+20 gre@34+12 ppp@46+4 ip@50+20 udp@70+8 | 1=47 / 4>5=17 | 78+4 payload"},
      {"GreVersion1EndsAtItsLength", link,
       in_ipv4(47, version_1(6), wire::PppFields{.protocol = 0xc021}, rest(4 + 5)),
       "eth@0+14 ip@14+20 gre@34+12 ppp@46+2 | 1=47 | 48+4 unknown_protocol"},
      {"Wccp", link, in_ipv4(47, GreFields{.protocol = 0x883e}, datagram()),
       "eth@0+14 ip@14+20 gre@34+4 ip@38+20 udp@58+8 | 1=47 / 3>4=17 | 66+4 payload"},
      {"WccpVersion2", link, in_ipv4(47, GreFields{.protocol = 0x883e}, rest(4, 0), datagram()),
       "eth@0+14 ip@14+20 gre@34+8 ip@42+20 udp@62+8 | 1=47 / 3>4=17 | 70+4 payload"},
  };
}

std::vector<Sample> mirrored_frames() {
  using wire::ErspanFields;
  using wire::GreFields;
  const GreFields type_ii{.has_sequence_number = true, .protocol = 0x88be};
  const GreFields type_iii{.has_sequence_number = true, .protocol = 0x22eb};
  return {
      {"ErspanI", link, in_ipv4(47, GreFields{.protocol = 0x88be}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 gre@34+4 erspan@38+0 eth@38+14 ip@52+20 udp@72+8 | 1=47 / 5>6=17 "
       "| 80+4 payload"},
      {"ErspanII", link, in_ipv4(47, type_ii, ErspanFields{}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 gre@34+8 erspan@42+8 eth@50+14 ip@64+20 udp@84+8 | 1=47 / 5>6=17 "
       "| 92+4 payload"},
      {"ErspanIII", link,
       in_ipv4(47, type_iii, ErspanFields{.version = 2}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 gre@34+8 erspan@42+12 eth@54+14 ip@68+20 udp@88+8 | 1=47 / 5>6=17 "
       "| 96+4 payload"},
      {"ErspanIIIWithIp", link,
       in_ipv4(47, type_iii, ErspanFields{.version = 2, .frame_type = 2}, datagram()),
       "eth@0+14 ip@14+20 gre@34+8 erspan@42+12 ip@54+20 udp@74+8 | 1=47 / 4>5=17 | 82+4 payload"},
  };
}

std::vector<Sample> overlays() {
  using wire::VxlanFields;
  using Next = wire::VxlanView::Next;
  const auto named = [](Next next) {
    return VxlanFields{.has_next_protocol = true, .next_protocol = next};
  };
  const Octets option{1, 2, 1, 1, 0, 0, 0, 0};
  return {
      {"Vxlan", link, in_udp(4789, VxlanFields{}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 eth@50+14 ip@64+20 udp@84+8 | 1>2=17 / 5>6=17 "
       "| 92+4 payload"},
      {"VxlanOfLinux", link, in_udp(8472, VxlanFields{}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 eth@50+14 ip@64+20 udp@84+8 | 1>2=17 / 5>6=17 "
       "| 92+4 payload"},
      {"VxlanNamingItsPayload", link, in_udp(4789, named(Next::ipv6), datagram6()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 ipv6@50+40 udp@90+8 | 1>2=17 / 4>5=17 "
       "| 98+4 payload"},
      {"VxlanGpe", link, in_udp(4790, named(Next::ipv4), datagram()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 ip@50+20 udp@70+8 | 1>2=17 / 4>5=17 | 78+4 payload"},
      {"VxlanGpeNsh", link,
       in_udp(4790, named(Next::nsh), wire::NshFields{}, eth(0x0800), datagram()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 nsh@50+8 eth@58+14 ip@72+20 udp@92+8 "
       "| 1>2=17 / 6>7=17 | 100+4 payload"},
      {"VxlanGpeMpls", link, in_udp(4790, named(Next::mpls), wire::MplsFields{}, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 mpls@50+4 ip@54+20 udp@74+8 | 1>2=17 / 5>6=17 "
       "| 82+4 payload"},
      {"VxlanGpeUnknown", link, in_udp(4790, named(Next{9}), rest(9)),
       "eth@0+14 ip@14+20 udp@34+8 vxlan@42+8 | 1>2=17 | 50+9 unknown_protocol"},
      {"Geneve", link,
       in_udp(6081, wire::GeneveFields{.protocol = 0x6558, .options = option}, eth(0x0800),
              datagram()),
       "eth@0+14 ip@14+20 udp@34+8 geneve@42+16 eth@58+14 ip@72+20 udp@92+8 | 1>2=17 / 5>6=17 "
       "| 100+4 payload"},
      {"GeneveWithIp", link, in_udp(6081, wire::GeneveFields{.protocol = 0x0800}, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 geneve@42+8 ip@50+20 udp@70+8 | 1>2=17 / 4>5=17 "
       "| 78+4 payload"},
      {"GeneveControl", link,
       in_udp(6081, wire::GeneveFields{.is_control = true, .protocol = 0x0800}, rest(9)),
       "eth@0+14 ip@14+20 udp@34+8 geneve@42+8 | 1>2=17 | 50+9 payload"},
      {"MplsInUdp", link, in_udp(6635, wire::MplsFields{}, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 mpls@42+4 ip@46+20 udp@66+8 | 1>2=17 / 4>5=17 | 74+4 payload"},
  };
}

std::vector<Sample> access_tunnels() {
  using wire::GtpFields;
  using wire::L2tpFields;
  const Octets extended{0x34, 255, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0};
  const L2tpFields control{.is_control = true, .has_length = true, .has_sequence = true};
  const GtpFields echo{.has_sequence_number = true, .message_type = 1};
  return {
      {"GtpUser", link, in_udp(2152, GtpFields{}, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 gtp@42+8 ip@50+20 udp@70+8 | 1>2=17 / 4>5=17 | 78+4 payload"},
      {"GtpUserIpv6", link, in_udp(2152, GtpFields{.has_sequence_number = true}, datagram6()),
       "eth@0+14 ip@14+20 udp@34+8 gtp@42+12 ipv6@54+40 udp@94+8 | 1>2=17 / 4>5=17 "
       "| 102+4 payload"},
      {"GtpUserWithExtension", link, in_udp(2152, extended, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 gtp@42+16 ip@58+20 udp@78+8 | 1>2=17 / 4>5=17 | 86+4 payload"},
      {"GtpControl", link, in_udp(2123, echo, rest(2)),
       "eth@0+14 ip@14+20 udp@34+8 gtp@42+12 | 1>2=17 | 54+2 payload"},
      {"GtpEndsAtItsLength", link, in_udp(2123, padded(frame(echo, rest(2)), 3)),
       "eth@0+14 ip@14+20 udp@34+8 gtp@42+12 | 1>2=17 | 54+2 payload"},
      {"Teredo", link, in_udp(3544, datagram6()),
       "eth@0+14 ip@14+20 udp@34+8 teredo@42+0 ipv6@42+40 udp@82+8 | 1>2=17 / 4>5=17 "
       "| 90+4 payload"},
      {"TeredoWithIndications", link,
       in_udp(3544, wire::TeredoFields{.has_authentication = true, .has_origin = true},
              datagram6()),
       "eth@0+14 ip@14+20 udp@34+8 teredo@42+21 ipv6@63+40 udp@103+8 | 1>2=17 / 4>5=17 "
       "| 111+4 payload"},
      {"L2tp", link, in_udp(1701, L2tpFields{.has_length = true}, framed_ppp, datagram()),
       "eth@0+14 ip@14+20 udp@34+8 l2tp@42+8 ppp@50+4 ip@54+20 udp@74+8 | 1>2=17 / 5>6=17 "
       "| 82+4 payload"},
      {"L2tpWithoutLength", link,
       in_udp(1701, L2tpFields{}, wire::PppFields{.protocol = 0x57}, datagram6()),
       "eth@0+14 ip@14+20 udp@34+8 l2tp@42+6 ppp@48+2 ipv6@50+40 udp@90+8 | 1>2=17 / 5>6=17 "
       "| 98+4 payload"},
      {"L2tpEndsAtItsLength", link, in_udp(1701, padded(frame(control, rest(8)), 3)),
       "eth@0+14 ip@14+20 udp@34+8 l2tp@42+12 | 1>2=17 | 54+8 payload"},
      {"L2tpControl", link, in_udp(1701, control, rest(8)),
       "eth@0+14 ip@14+20 udp@34+8 l2tp@42+12 | 1>2=17 | 54+8 payload"},
  };
}

class DecodeTunnel : public testing::TestWithParam<Sample> {};

TEST_P(DecodeTunnel, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeTunnel, testing::ValuesIn(tunnel_samples()), name_of);

}  // namespace

std::vector<Sample> tunnel_samples() {
  return joined({ip_tunnels(), gre_tunnels(), mirrored_frames(), overlays(), access_tunnels()});
}

}  // namespace weir::test
