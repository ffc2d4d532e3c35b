// Link layers, their pseudo-headers and what lies between link and network: steps of decode().
#include "walk.h"
#include "weir/wire/arp.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/frame_relay.h"
#include "weir/wire/hsr.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/llc.h"
#include "weir/wire/macsec.h"
#include "weir/wire/mpls.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/trill.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"

namespace weir::wire {

Step Walk::take_link(Step step) noexcept {
  switch (step) {
    case Step::ethernet:
      return ethernet();
    case Step::llc:
      return llc();
    case Step::sll:
      if (const auto header = read<SllView>(Protocol::sll)) {
        return linux_cooked(header->arphrd_type(), header->protocol());
      }
      return Step::stop;
    case Step::sll2:
      if (const auto header = read<Sll2View>(Protocol::sll)) {
        return linux_cooked(header->arphrd_type(), header->protocol());
      }
      return Step::stop;
    case Step::null:
    case Step::loop:
      return loopback(step);
    case Step::raw:
      return push(Protocol::raw, 0) ? Step::ip_by_version : Step::stop;
    case Step::ppp:
      return ppp();
    case Step::c_hdlc:
      return c_hdlc();
    case Step::frame_relay:
      return frame_relay();
    case Step::vlan:
      return tag<VlanView>(Protocol::vlan);
    case Step::provider_vlan:
      return tag<VlanView>(Protocol::provider_vlan);
    case Step::provider_backbone:
      return tag<ITagView>(Protocol::provider_backbone);
    case Step::vn_tag:
      return tag<VnTagView>(Protocol::vn_tag);
    case Step::e_tag:
      return tag<ETagView>(Protocol::e_tag);
    case Step::r_tag:
      return tag<RTagView>(Protocol::r_tag);
    case Step::hsr:
      return tag<HsrView>(Protocol::hsr);
    case Step::cisco_metadata:
      return tag<CiscoMetadataView>(Protocol::cisco_metadata);
    case Step::hsr_supervision:
      return hsr_supervision();
    case Step::macsec:
      return macsec();
    case Step::trill:
      return read<TrillView>(Protocol::trill) ? Step::ethernet : Step::stop;
    case Step::mpls:
      return mpls();
    case Step::pppoe_discovery:
    case Step::pppoe_session:
      return pppoe(step);
    case Step::arp:
      read<ArpView>(Protocol::arp);
      return Step::stop;
    case Step::eapol:
      return leaf(Protocol::eapol);
    case Step::stp:
      return leaf(Protocol::stp);
    case Step::lldp:
      return leaf(Protocol::lldp);
    default:
      return take_capture(step);
  }
}

Step Walk::ethernet() noexcept { return tag<EthernetView>(Protocol::ethernet); }

/// A header that ends with what names the next one: Ethernet's, and the tags that may follow it.
template <class V>
Step Walk::tag(Protocol protocol) noexcept {
  const auto header = read<V>(protocol);
  return header ? by_type_or_length(header->type_or_length()) : Step::stop;
}

/// IEEE 802.3 3.2.6: a length counts what follows it, and LLC does; behind that is padding.
Step Walk::by_type_or_length(std::uint16_t type_or_length) noexcept {
  if (type_or_length > ether_type::max_length) return by_ether_type(type_or_length);
  limit(offset_, type_or_length);
  return Step::llc;
}

Step Walk::hsr_supervision() noexcept {
  // Less does not tell which of the two it is.
  if (rest().size() < HsrView::min_header_length) return stop(ParseError::truncated);
  return HsrView::is_tag(rest()) ? Step::hsr : leaf(Protocol::hsr_supervision);
}

/// Behind the data stands the check value, then padding where the data is short.
Step Walk::macsec() noexcept {
  constexpr std::uint8_t type_size = 2;
  const auto header = read<MacsecView>(Protocol::macsec);
  if (!header) return Step::stop;
  if (header->is_encrypted()) return stop(StopReason::encrypted);
  const std::uint64_t checked = wire_end_ - offset_;
  constexpr std::uint64_t check_value = MacsecView::check_value_length;
  if (header->short_length() >= type_size) {
    limit(offset_, header->short_length() - std::uint64_t{type_size});
  } else {
    limit(offset_, checked < check_value ? 0 : checked - check_value);
  }
  return by_type_or_length(header->type_or_length());
}

Step Walk::llc() noexcept {
  const auto header = read<LlcView>(Protocol::llc);
  if (!header) return Step::stop;
  if (header->is_snap()) return snap();
  return by_sap(header->dsap());
}

Step Walk::snap() noexcept {
  // IEEE 802 10.3: organisation and protocol. RFC 1042: organisation 0 takes EtherTypes.
  const auto header = read<SnapView>(Protocol::snap);
  if (!header) return Step::stop;
  if (header->is_ether_type()) return by_ether_type(header->type());
  // RFC 2427 4.2: bridged Ethernet, with and without its frame check sequence.
  const bool bridged = header->oui() == SnapView::oui_802_1;
  if (bridged && (header->type() == 1 || header->type() == 7)) return Step::ethernet;
  return stop(StopReason::unknown_protocol);
}

Step Walk::by_sap(std::uint8_t sap) noexcept {
  switch (sap) {
    case LlcView::sap_bpdu:
      return Step::stp;
    case LlcView::sap_ip:
      return Step::ipv4;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

Step Walk::by_ether_type(std::uint16_t type) noexcept {  // NOLINT(readability-function-size): table
  switch (type) {
    case ether_type::ipv4:
      return Step::ipv4;
    case ether_type::ipv6:
      return Step::ipv6;
    case ether_type::arp:
    case ether_type::rarp:
      return Step::arp;
    case ether_type::trans_ether_bridging:
      return Step::ethernet;
    case ether_type::provider_vlan:
      return Step::provider_vlan;
    case ether_type::provider_backbone:
      return Step::provider_backbone;
    case ether_type::mpls:
    case ether_type::mpls_multicast:
      return Step::mpls;
    case ether_type::ppp:
      return Step::ppp;
    case ether_type::cisco_metadata:
      return Step::cisco_metadata;
    case ether_type::vn_tag:
      return Step::vn_tag;
    case ether_type::e_tag:
      return Step::e_tag;
    case ether_type::r_tag:
      return Step::r_tag;
    case ether_type::hsr:
      return Step::hsr;
    case ether_type::hsr_supervision:
      return Step::hsr_supervision;
    case ether_type::macsec:
      return Step::macsec;
    case ether_type::trill:
      return Step::trill;
    case ether_type::pppoe_discovery:
      return Step::pppoe_discovery;
    case ether_type::pppoe_session:
      return Step::pppoe_session;
    case ether_type::nsh:
      return Step::nsh;
    case ether_type::eapol:
      return Step::eapol;
    case ether_type::lldp:
      return Step::lldp;
    default:
      break;
  }
  return ether_type::is_vlan(type) ? Step::vlan : stop(StopReason::unknown_protocol);
}

Step Walk::linux_cooked(std::uint16_t hardware_type, std::uint16_t protocol) noexcept {
  switch (hardware_type) {
    case arphrd::ieee80211:
      return Step::wlan;
    case arphrd::radiotap:
      return Step::radiotap;
    case arphrd::netlink:
      return stop(StopReason::unknown_protocol);
    default:
      break;
  }
  if (protocol == sll_protocol::llc) return Step::llc;
  return by_ether_type(protocol);
}

Step Walk::loopback(Step step) noexcept {
  // DLT_LOOP is always big-endian; NullView tells the order of DLT_NULL from the value.
  if (step == Step::null && rest().size() >= 2 && rest()[0] == 0xff && rest()[1] == 0x03) {
    return push(Protocol::null, 0) ? Step::ppp
                                   : Step::stop;  // PPP captured as DLT_NULL by old BSDs
  }
  const auto header = read<NullView>(Protocol::null);
  if (!header) return Step::stop;
  switch (header->ip_version()) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

Step Walk::ppp() noexcept {
  const auto header = read<PppView>(Protocol::ppp);
  if (!header) return Step::stop;
  switch (header->protocol()) {
    case ppp_protocol::ipv4:
      return Step::ipv4;
    case ppp_protocol::ipv6:
      return Step::ipv6;
    case ppp_protocol::mpls:
    case ppp_protocol::mpls_multicast:
      return Step::mpls;
    case ppp_protocol::encrypted:
      return stop(StopReason::encrypted);
    default:
      return stop(StopReason::unknown_protocol);
  }
}

Step Walk::c_hdlc() noexcept {
  const auto header = read<CiscoHdlcView>(Protocol::c_hdlc);
  if (!header) return Step::stop;
  if (header->protocol() == CiscoHdlcView::slarp) return stop(StopReason::unknown_protocol);
  return by_ether_type(header->protocol());
}

Step Walk::frame_relay() noexcept {
  const auto header = read<FrameRelayView>(Protocol::frame_relay);
  if (!header) return Step::stop;
  if (header->encapsulation() == FrameRelayView::Encapsulation::ether_type) {
    return by_ether_type(header->ether_type());
  }
  switch (header->nlpid()) {
    case FrameRelayView::nlpid_snap:
      return snap();
    case FrameRelayView::nlpid_ipv4:
      return Step::ipv4;
    case FrameRelayView::nlpid_ipv6:
      return Step::ipv6;
    case FrameRelayView::nlpid_ppp:
      return Step::ppp;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

Step Walk::mpls() noexcept {
  const auto label = read<MplsView>(Protocol::mpls);
  if (!label) return Step::stop;
  if (!label->bottom_of_stack()) return Step::mpls;
  if (offset_ == end_) return stop(ParseError::truncated);
  // Nothing names what follows the last label: RFC 4928 3 tells IP by its version nibble, and
  // RFC 4385 3 lets a pseudowire control word start with zero.
  switch (data_[offset_] >> 4) {
    case 0:
      return pseudowire();
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

/// RFC 4448 4.6: a control word of four bytes, then an Ethernet frame. That it is one is a guess.
Step Walk::pseudowire() noexcept {
  constexpr std::uint32_t control_word = 4;
  if (wire_end_ - offset_ < control_word + EthernetView::min_header_length) {
    return stop(StopReason::unknown_protocol);
  }
  if (rest().size() < control_word) return stop(ParseError::truncated);
  offset_ += control_word;
  return Step::ethernet;
}

Step Walk::pppoe(Step step) noexcept {
  const std::uint32_t start = offset_;
  const bool session = step == Step::pppoe_session;
  const auto header =
      read<PppoeView>(session ? Protocol::pppoe_session : Protocol::pppoe_discovery);
  if (!header) return Step::stop;
  limit(start, PppoeView::min_header_length + header->length());
  return session ? Step::ppp : stop(StopReason::payload);
}

}  // namespace weir::wire
