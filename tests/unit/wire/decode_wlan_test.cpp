// decode() on 802.11 frames: alone, behind radiotap, Prism, AVS, PPI and cooked headers.
#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/avs.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/llc.h"
#include "weir/wire/ppi.h"
#include "weir/wire/prism.h"
#include "weir/wire/radiotap.h"

namespace weir::test {
namespace {

using wire::WlanFields;

constexpr std::uint8_t fcs_at_end = 0x10;
constexpr std::uint8_t data_padded = 0x20;

Octets llc_datagram() {
  return frame(wire::LlcFields{.dsap = 0xaa, .ssap = 0xaa}, wire::SnapFields{.type = 0x0800},
               datagram());
}

// LLC of a protocol nobody knows, so that the payload shows what was cut off behind it.
Octets llc_unknown() { return frame(wire::LlcFields{.dsap = 0xe0, .ssap = 0xe0}, rest(6)); }

// PPI's 802.11-Common field: eight bytes of time, then flags; bit 0 says a check sequence is there.
Octets common_field_with_fcs() { return changed(frame(Octets{2, 0, 20, 0}, rest(20, 0)), 12, 1); }

std::vector<Sample> plain_frames() {
  constexpr auto link = LinkType::ieee802_11;
  const Octets acknowledgement{0xd4, 0, 0, 0, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};
  return {
      {"Data", link, frame(WlanFields{}, llc_datagram()),
       "wlan@0+24 llc@24+3 snap@27+5 ip@32+20 udp@52+8 | 3>4=17 | 60+4 payload"},
      {"DataBetweenAccessPoints", link,
       frame(WlanFields{.to_ds = true, .from_ds = true}, llc_datagram()),
       "wlan@0+30 llc@30+3 snap@33+5 ip@38+20 udp@58+8 | 3>4=17 | 66+4 payload"},
      {"QosData", link, frame(WlanFields{.subtype = 8}, llc_datagram()),
       "wlan@0+26 llc@26+3 snap@29+5 ip@34+20 udp@54+8 | 3>4=17 | 62+4 payload"},
      {"Aggregate", link, frame(WlanFields{.subtype = 8, .qos_control = 0x80}, rest(40)),
       "wlan@0+26 | - | 26+40 payload"},
      {"Protected", link, frame(WlanFields{.is_protected = true}, rest(20)),
       "wlan@0+24 | - | 24+20 encrypted"},
      {"LaterFragment", link, frame(WlanFields{.fragment_number = 1}, rest(20)),
       "wlan@0+24 | - | 24+20 later_fragment"},
      {"Beacon", link, frame(changed(rest(24, 0), 0, 0x80), rest(12)),
       "wlan@0+24 | - | 24+12 payload"},
      {"Acknowledgement", link, acknowledgement, "wlan@0+10 | - | 10+0 payload"},
      {"NullData", link, changed(frame(WlanFields{}), 0, 0x48), "wlan@0+24 | - | 24+0 payload"},
      {"DataInCookedCapture", LinkType::linux_sll,
       frame(wire::SllFields{.arphrd_type = 801}, WlanFields{}, llc_unknown()),
       "sll@0+16 wlan@16+24 llc@40+3 | - | 43+6 unknown_protocol"},
  };
}

std::vector<Sample> radiotap_frames() {
  using wire::RadiotapFields;
  constexpr auto link = LinkType::ieee802_11_radiotap;
  const RadiotapFields with_fcs{.flags = fcs_at_end};
  const RadiotapFields with_padding{.flags = data_padded};
  const RadiotapFields with_both{.flags = fcs_at_end | data_padded};
  return {
      {"Radiotap", link, frame(RadiotapFields{}, WlanFields{}, llc_datagram()),
       "radiotap@0+9 wlan@9+24 llc@33+3 snap@36+5 ip@41+20 udp@61+8 | 4>5=17 | 69+4 payload"},
      {"RadiotapWithFcs", link, padded(frame(with_fcs, WlanFields{}, llc_unknown()), 4),
       "radiotap@0+9 wlan@9+24 llc@33+3 | - | 36+6 unknown_protocol"},
      {"RadiotapWithPadding", link,
       frame(with_padding, WlanFields{.subtype = 8}, rest(2, 0), llc_datagram()),
       "radiotap@0+9 wlan@9+28 llc@37+3 snap@40+5 ip@45+20 udp@65+8 | 4>5=17 | 73+4 payload"},
      {"RadiotapWithPaddingAndFcs", link,
       padded(frame(with_both, WlanFields{.subtype = 8}, rest(2, 0), llc_unknown()), 4),
       "radiotap@0+9 wlan@9+28 llc@37+3 | - | 40+6 unknown_protocol"},
      {"RadiotapProtected", link,
       padded(frame(with_fcs, WlanFields{.is_protected = true}, rest(20)), 4),
       "radiotap@0+9 wlan@9+24 | - | 33+20 encrypted"},
      {"RadiotapFcsKnownToTheFileToo", link,
       padded(frame(with_fcs, WlanFields{}, llc_unknown()), 4),
       "radiotap@0+9 wlan@9+24 llc@33+3 | - | 36+6 unknown_protocol", PacketFlags::has_fcs},
      {"RadiotapInCookedCapture", LinkType::linux_sll,
       frame(wire::SllFields{.arphrd_type = 803}, RadiotapFields{}, WlanFields{}, llc_unknown()),
       "sll@0+16 radiotap@16+9 wlan@25+24 llc@49+3 | - | 52+6 unknown_protocol"},
  };
}

std::vector<Sample> monitor_frames() {
  using wire::AvsFields;
  using wire::PpiFields;
  using wire::PrismFields;
  constexpr auto prism = LinkType::ieee802_11_prism;
  const Octets acknowledgement{0xd4, 0, 0, 0, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};
  const Octets facts = common_field_with_fcs();
  return {
      {"Prism", prism, frame(PrismFields{}, WlanFields{}, llc_datagram()),
       "prism@0+24 wlan@24+24 llc@48+3 snap@51+5 ip@56+20 udp@76+8 | 4>5=17 | 84+4 payload"},
      {"PrismShorterThanAvs", prism, frame(PrismFields{}, acknowledgement),
       "prism@0+24 wlan@24+10 | - | 34+0 payload"},
      {"AvsAsPrism", prism, frame(AvsFields{}, WlanFields{}, llc_unknown()),
       "prism@0+64 wlan@64+24 llc@88+3 | - | 91+6 unknown_protocol"},
      {"Avs", LinkType::ieee802_11_avs, frame(AvsFields{}, WlanFields{}, llc_unknown()),
       "prism@0+64 wlan@64+24 llc@88+3 | - | 91+6 unknown_protocol"},
      {"Ppi", LinkType::ppi, frame(PpiFields{.dlt = 105}, WlanFields{}, llc_unknown()),
       "ppi@0+8 wlan@8+24 llc@32+3 | - | 35+6 unknown_protocol"},
      {"PpiWithFcs", LinkType::ppi,
       padded(frame(PpiFields{.dlt = 105, .fields = facts}, WlanFields{}, llc_unknown()), 4),
       "ppi@0+32 wlan@32+24 llc@56+3 | - | 59+6 unknown_protocol"},
  };
}

class DecodeWlan : public testing::TestWithParam<Sample> {};

TEST_P(DecodeWlan, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeWlan, testing::ValuesIn(wlan_samples()), name_of);

}  // namespace

std::vector<Sample> wlan_samples() {
  return joined({plain_frames(), radiotap_frames(), monitor_frames()});
}

}  // namespace weir::test
