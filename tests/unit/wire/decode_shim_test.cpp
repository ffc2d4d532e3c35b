// decode() on what stands between link and network: VLAN, MPLS, PPPoE, NSH, ARP and the like.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/arp.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/hsr.h"
#include "weir/wire/llc.h"
#include "weir/wire/macsec.h"
#include "weir/wire/mpls.h"
#include "weir/wire/nsh.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/trill.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"

namespace weir::test {
namespace {

constexpr auto link = LinkType::ethernet;

std::vector<Sample> tagged_frames() {
  using wire::ITagFields;
  using wire::LlcFields;
  using wire::VlanFields;
  const VlanFields to_ip{.identifier = 5, .type_or_length = 0x0800};
  const LlcFields spanning_tree{.dsap = 0x42, .ssap = 0x42};
  return {
      {"Vlan", link, frame(eth(0x8100), to_ip, datagram()),
       "eth@0+14 vlan@14+4 ip@18+20 udp@38+8 | 2>3=17 | 46+4 payload"},
      {"VlanBeforeProviderBridges", link, frame(eth(0x9100), to_ip, datagram()),
       "eth@0+14 vlan@14+4 ip@18+20 udp@38+8 | 2>3=17 | 46+4 payload"},
      {"QinQ", link,
       frame(eth(0x88a8), VlanFields{.identifier = 9, .type_or_length = 0x8100}, to_ip, datagram()),
       "eth@0+14 ieee8021ad@14+4 vlan@18+4 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"VlanWithLength", link,
       padded(frame(eth(0x8100), VlanFields{.type_or_length = 8}, spanning_tree, rest(5)), 9),
       "eth@0+14 vlan@14+4 llc@18+3 stp@21+5 | - | 26+0 payload"},
      {"ProviderBackbone", link,
       frame(eth(0x88a8), VlanFields{.identifier = 9, .type_or_length = 0x88e7},
             ITagFields{.service_identifier = 7, .type_or_length = 0x0800}, datagram()),
       "eth@0+14 ieee8021ad@14+4 ieee8021ah@18+18 ip@36+20 udp@56+8 | 3>4=17 | 64+4 payload"},
      {"ProviderBackboneWithLength", link,
       padded(frame(eth(0x88e7), ITagFields{.type_or_length = 8}, spanning_tree, rest(5)), 9),
       "eth@0+14 ieee8021ah@14+18 llc@32+3 stp@35+5 | - | 40+0 payload"},
  };
}

std::vector<Sample> other_tags() {
  using wire::CiscoMetadataFields;
  using wire::ETagFields;
  using wire::HsrFields;
  using wire::RTagFields;
  using wire::VnTagFields;
  const wire::LlcFields spanning_tree{.dsap = 0x42, .ssap = 0x42};
  const wire::VlanFields vlan{.identifier = 5, .type_or_length = 0x0800};
  const Octets supervision{0x10, 0, 0, 1, 0x17, 6, 2, 0, 0, 0, 0, 1};
  return {
      {"CiscoMetadata", link,
       frame(eth(0x8909), CiscoMetadataFields{.security_group = 5, .type_or_length = 0x0800},
             datagram()),
       "eth@0+14 cmd@14+8 ip@22+20 udp@42+8 | 2>3=17 | 50+4 payload"},
      {"VnTag", link, frame(eth(0x8926), VnTagFields{.type_or_length = 0x0800}, datagram()),
       "eth@0+14 vntag@14+6 ip@20+20 udp@40+8 | 2>3=17 | 48+4 payload"},
      {"VnTagBeforeVlan", link,
       frame(eth(0x8926), VnTagFields{.type_or_length = 0x8100}, vlan, datagram()),
       "eth@0+14 vntag@14+6 vlan@20+4 ip@24+20 udp@44+8 | 3>4=17 | 52+4 payload"},
      {"VnTagWithLength", link,
       padded(frame(eth(0x8926), VnTagFields{.type_or_length = 8}, spanning_tree, rest(5)), 9),
       "eth@0+14 vntag@14+6 llc@20+3 stp@23+5 | - | 28+0 payload"},
      {"ETag", link, frame(eth(0x893f), ETagFields{.type_or_length = 0x86dd}, datagram6()),
       "eth@0+14 etag@14+8 ipv6@22+40 udp@62+8 | 2>3=17 | 70+4 payload"},
      {"RTag", link, frame(eth(0xf1c1), RTagFields{.type_or_length = 0x0800}, datagram()),
       "eth@0+14 ieee8021cb@14+6 ip@20+20 udp@40+8 | 2>3=17 | 48+4 payload"},
      {"RTagBehindVlan", link,
       frame(eth(0x8100), wire::VlanFields{.type_or_length = 0xf1c1},
             RTagFields{.type_or_length = 0x0800}, datagram()),
       "eth@0+14 vlan@14+4 ieee8021cb@18+6 ip@24+20 udp@44+8 | 3>4=17 | 52+4 payload"},
      {"Hsr", link, frame(eth(0x892f), HsrFields{.type_or_length = 0x0800}, datagram()),
       "eth@0+14 hsr@14+6 ip@20+20 udp@40+8 | 2>3=17 | 48+4 payload"},
      {"HsrOfTheFirstEdition", link,
       frame(eth(0x88fb), HsrFields{.type_or_length = 0x0800}, datagram()),
       "eth@0+14 hsr@14+6 ip@20+20 udp@40+8 | 2>3=17 | 48+4 payload"},
      {"PrpSupervision", link, frame(eth(0x88fb), supervision),
       "eth@0+14 hsr_prp_supervision@14+12 | - | 26+0 payload"},
      {"HsrSupervision", link, frame(eth(0x892f), HsrFields{.type_or_length = 0x88fb}, supervision),
       "eth@0+14 hsr@14+6 hsr_prp_supervision@20+12 | - | 32+0 payload"},
      {"Trill", link, frame(eth(0x22f3), wire::TrillFields{}, eth(0x0800), datagram()),
       "eth@0+14 trill@14+6 eth@20+14 ip@34+20 udp@54+8 | 3>4=17 | 62+4 payload"},
      {"TagsWithoutEnd", link, frame(eth(0xf1c1), rest(200, 0xf1)),
       "eth@0+14 ieee8021cb@14+6 | - | 20+194 unknown_protocol"},
  };
}

std::vector<Sample> protected_frames() {
  using wire::MacsecFields;
  const wire::LlcFields spanning_tree{.dsap = 0x42, .ssap = 0x42};
  const MacsecFields clear{.type_or_length = 0x0800};
  const MacsecFields with_channel{
      .has_secure_channel = true, .secure_channel = 1, .type_or_length = 0x86dd};
  return {
      {"MacsecInTheClear", link, frame(eth(0x88e5), clear, datagram(), rest(16)),
       "eth@0+14 macsec@14+8 ip@22+20 udp@42+8 | 2>3=17 | 50+4 payload"},
      {"MacsecWithChannel", link, frame(eth(0x88e5), with_channel, datagram6(), rest(16)),
       "eth@0+14 macsec@14+16 ipv6@30+40 udp@70+8 | 2>3=17 | 78+4 payload"},
      {"MacsecOfShortData", link,
       frame(eth(0x88e5), MacsecFields{.short_length = 11, .type_or_length = 9}, spanning_tree,
             rest(6), rest(16), rest(20)),
       "eth@0+14 macsec@14+8 llc@22+3 stp@25+6 | - | 31+0 payload"},
      {"MacsecEncrypted", link,
       frame(eth(0x88e5), MacsecFields{.encryption = true, .changed_text = true}, rest(60)),
       "eth@0+14 macsec@14+6 | - | 20+60 encrypted"},
      {"MacsecShorterThanItsCheckValue", link, frame(eth(0x88e5), clear, rest(9)),
       "eth@0+14 macsec@14+8 | - | 22+0 truncated"},
  };
}

std::vector<Sample> labelled_frames() {
  using wire::MplsFields;
  const MplsFields upper{.label = 100, .bottom_of_stack = false};
  const MplsFields last{.label = 200};
  const Octets control_word{0, 0, 0, 1};
  return {
      {"MplsIpv4", link, frame(eth(0x8847), upper, last, datagram()),
       "eth@0+14 mpls@14+4 mpls@18+4 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"MplsIpv6", link, frame(eth(0x8848), last, datagram6()),
       "eth@0+14 mpls@14+4 ipv6@18+40 udp@58+8 | 2>3=17 | 66+4 payload"},
      {"MplsPseudowire", link, frame(eth(0x8847), last, control_word, eth(0x0800), datagram()),
       "eth@0+14 mpls@14+4 eth@22+14 ip@36+20 udp@56+8 | 3>4=17 | 64+4 payload"},
      {"MplsPseudowireTooShort", link, frame(eth(0x8847), last, control_word, rest(13)),
       "eth@0+14 mpls@14+4 | - | 18+17 unknown_protocol"},
      {"MplsAssociatedChannel", link, frame(eth(0x8847), last, Octets{0x10, 0, 0, 7}, rest(30)),
       "eth@0+14 mpls@14+4 | - | 18+34 unknown_protocol"},
      {"MplsEmpty", link, frame(eth(0x8847), last), "eth@0+14 mpls@14+4 | - | 18+0 truncated"},
  };
}

std::vector<Sample> other_shims() {
  using wire::NshFields;
  using wire::PppoeFields;
  const wire::PppFields to_ip{.protocol = 0x0021};
  const Octets context = rest(16, 0);
  return {
      {"PppoeSession", link, padded(frame(eth(0x8864), PppoeFields{}, to_ip, datagram()), 6),
       "eth@0+14 pppoes@14+6 ppp@20+2 ip@22+20 udp@42+8 | 3>4=17 | 50+4 payload"},
      {"PppoeSessionWithoutIp", link,
       padded(frame(eth(0x8864), PppoeFields{}, wire::PppFields{.protocol = 0xc021}, rest(8)), 6),
       "eth@0+14 pppoes@14+6 ppp@20+2 | - | 22+8 unknown_protocol"},
      {"PppoeDiscovery", link, padded(frame(eth(0x8863), PppoeFields{.code = 9}, rest(8)), 26),
       "eth@0+14 pppoed@14+6 | - | 20+8 payload"},
      {"NshWithIp", link,
       frame(eth(0x894f), NshFields{.next_protocol = wire::NshView::Next::ipv4}, datagram()),
       "eth@0+14 nsh@14+8 ip@22+20 udp@42+8 | 2>3=17 | 50+4 payload"},
      {"NshWithEthernet", link,
       frame(eth(0x894f), NshFields{.md_type = 1, .context = context}, eth(0x86dd), datagram6()),
       "eth@0+14 nsh@14+24 eth@38+14 ipv6@52+40 udp@92+8 | 3>4=17 | 100+4 payload"},
      {"NshWithNsh", link,
       frame(eth(0x894f), NshFields{.next_protocol = wire::NshView::Next::nsh},
             NshFields{.next_protocol = wire::NshView::Next::ipv6}, datagram6()),
       "eth@0+14 nsh@14+8 nsh@22+8 ipv6@30+40 udp@70+8 | 3>4=17 | 78+4 payload"},
      {"NshWithMpls", link,
       frame(eth(0x894f), NshFields{.next_protocol = wire::NshView::Next::mpls}, wire::MplsFields{},
             datagram()),
       "eth@0+14 nsh@14+8 mpls@22+4 ip@26+20 udp@46+8 | 3>4=17 | 54+4 payload"},
      {"NshWithNothingKnown", link,
       frame(eth(0x894f), NshFields{.next_protocol = wire::NshView::Next{9}}, rest(9)),
       "eth@0+14 nsh@14+8 | - | 22+9 unknown_protocol"},
      {"Eapol", link, frame(eth(0x888e), rest(9)), "eth@0+14 eapol@14+9 | - | 23+0 payload"},
      {"Lldp", link, frame(eth(0x88cc), rest(9)), "eth@0+14 lldp@14+9 | - | 23+0 payload"},
      {"BridgedEthernet", link, frame(eth(0x6558), eth(0x0800), datagram()),
       "eth@0+14 eth@14+14 ip@28+20 udp@48+8 | 2>3=17 | 56+4 payload"},
  };
}

std::vector<Sample> arp_frames() {
  const Octets mac = rest(6);
  const Octets ip = rest(4);
  const wire::ArpFields request{
      .sender_hardware = mac, .sender_protocol = ip, .target_hardware = mac, .target_protocol = ip};
  return {
      {"Arp", link, frame(eth(0x0806), request), "eth@0+14 arp@14+28 | - | 42+0 payload"},
      {"ReverseArp", link, frame(eth(0x8035), request), "eth@0+14 arp@14+28 | - | 42+0 payload"},
      {"ArpInVlan", link,
       frame(eth(0x8100), wire::VlanFields{.identifier = 5, .type_or_length = 0x0806}, request),
       "eth@0+14 vlan@14+4 arp@18+28 | - | 46+0 payload"},
  };
}

class DecodeShim : public testing::TestWithParam<Sample> {};

TEST_P(DecodeShim, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeShim, testing::ValuesIn(shim_samples()), name_of);

}  // namespace

std::vector<Sample> shim_samples() {
  return joined({tagged_frames(), other_tags(), protected_frames(), labelled_frames(),
                 other_shims(), arp_frames()});
}

}  // namespace weir::test
