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
namespace {

constexpr auto steps_of_ether_types = table_of<ether_types>();

}  // namespace

Step Walk::by_ether_type(std::uint16_t type) noexcept {
  if (decoders_ != nullptr) [[unlikely]] {
    if (const auto step = assigned(NumberSpace::ether_type, type)) return *step;
  }
  const Step step = steps_of_ether_types.find(type);
  return step == Step::stop ? stop(StopReason::unknown_protocol) : step;
}

/// IEEE 802.3 3.2.6: a length counts what follows it, and LLC does; behind that is padding.
Step Walk::by_type_or_length(std::uint16_t type_or_length) noexcept {
  if (type_or_length > ether_type::max_length) return by_ether_type(type_or_length);
  limit(offset_, type_or_length);
  return Step::llc;
}

namespace steps {
namespace {

/// A header that ends with what names the next one: Ethernet's, and the tags that may follow it.
template <class V>
Step tag(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<V>(as);
  return header ? walk.by_type_or_length(header->type_or_length()) : Step::stop;
}

}  // namespace

Step ethernet(Walk& walk, Protocol as) noexcept { return tag<EthernetView>(walk, as); }
Step vlan(Walk& walk, Protocol as) noexcept { return tag<VlanView>(walk, as); }
Step provider_backbone(Walk& walk, Protocol as) noexcept { return tag<ITagView>(walk, as); }
Step vn_tag(Walk& walk, Protocol as) noexcept { return tag<VnTagView>(walk, as); }
Step e_tag(Walk& walk, Protocol as) noexcept { return tag<ETagView>(walk, as); }
Step r_tag(Walk& walk, Protocol as) noexcept { return tag<RTagView>(walk, as); }
Step hsr(Walk& walk, Protocol as) noexcept { return tag<HsrView>(walk, as); }
Step cisco_metadata(Walk& walk, Protocol as) noexcept { return tag<CiscoMetadataView>(walk, as); }

Step hsr_supervision(Walk& walk, Protocol as) noexcept {
  // Less does not tell which of the two it is.
  if (walk.rest().size() < HsrView::min_header_length) return walk.stop(ParseError::truncated);
  return HsrView::is_tag(walk.rest()) ? Step::hsr : leaf(walk, as);
}

Step trill(Walk& walk, Protocol as) noexcept {
  return walk.read<TrillView>(as) ? Step::ethernet : Step::stop;
}

Step arp(Walk& walk, Protocol as) noexcept {
  walk.read<ArpView>(as);
  return Step::stop;
}

/// Behind the data stands the check value, then padding where the data is short.
Step macsec(Walk& walk, Protocol as) noexcept {
  constexpr std::uint8_t type_size = 2;
  const auto header = walk.read<MacsecView>(as);
  if (!header) return Step::stop;
  if (header->is_encrypted()) return walk.stop(StopReason::encrypted);
  const std::uint64_t checked = walk.wire_rest();
  constexpr std::uint64_t check_value = MacsecView::check_value_length;
  if (header->short_length() >= type_size) {
    walk.limit(walk.offset(), header->short_length() - std::uint64_t{type_size});
  } else {
    walk.limit(walk.offset(), checked < check_value ? 0 : checked - check_value);
  }
  return walk.by_type_or_length(header->type_or_length());
}

Step llc(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<LlcView>(as);
  if (!header) return Step::stop;
  if (header->is_snap()) return Step::snap;
  switch (header->dsap()) {
    case LlcView::sap_bpdu:
      return Step::stp;
    case LlcView::sap_ip:
      return Step::ipv4;
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

Step snap(Walk& walk, Protocol as) noexcept {
  // IEEE 802 10.3: organisation and protocol. RFC 1042: organisation 0 takes EtherTypes.
  const auto header = walk.read<SnapView>(as);
  if (!header) return Step::stop;
  if (header->is_ether_type()) return walk.by_ether_type(header->type());
  // RFC 2427 4.2: bridged Ethernet, with and without its frame check sequence.
  const bool bridged = header->oui() == SnapView::oui_802_1;
  if (bridged && (header->type() == 1 || header->type() == 7)) return Step::ethernet;
  return walk.stop(StopReason::unknown_protocol);
}

namespace {

Step linux_cooked(Walk& walk, std::uint16_t hardware_type, std::uint16_t protocol) noexcept {
  switch (hardware_type) {
    case arphrd::ieee80211:
      return Step::wlan;
    case arphrd::radiotap:
      return Step::radiotap;
    case arphrd::netlink:
      return walk.stop(StopReason::unknown_protocol);
    default:
      break;
  }
  if (protocol == sll_protocol::llc) return Step::llc;
  return walk.by_ether_type(protocol);
}

template <class V>
Step cooked(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<V>(as);
  return header ? linux_cooked(walk, header->arphrd_type(), header->protocol()) : Step::stop;
}

}  // namespace

Step sll(Walk& walk, Protocol as) noexcept { return cooked<SllView>(walk, as); }
Step sll2(Walk& walk, Protocol as) noexcept { return cooked<Sll2View>(walk, as); }

Step raw(Walk& walk, Protocol as) noexcept {
  return walk.push(as, 0) ? Step::ip_by_version : Step::stop;
}

/// NullView tells the order of octets from the value; DLT_LOOP's is always big-endian.
Step loop(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<NullView>(as);
  if (!header) return Step::stop;
  switch (header->ip_version()) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

Step null(Walk& walk, Protocol as) noexcept {
  // Old BSDs captured PPP as DLT_NULL.
  const Bytes frame = walk.rest();
  const bool is_ppp = frame.size() >= 2 && frame[0] == 0xff && frame[1] == 0x03;
  if (!is_ppp) return loop(walk, as);
  return walk.push(as, 0) ? Step::ppp : Step::stop;
}

Step ppp(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<PppView>(as);
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
      return walk.stop(StopReason::encrypted);
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

Step c_hdlc(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<CiscoHdlcView>(as);
  if (!header) return Step::stop;
  if (header->protocol() == CiscoHdlcView::slarp) return walk.stop(StopReason::unknown_protocol);
  return walk.by_ether_type(header->protocol());
}

Step frame_relay(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<FrameRelayView>(as);
  if (!header) return Step::stop;
  if (header->encapsulation() == FrameRelayView::Encapsulation::ether_type) {
    return walk.by_ether_type(header->ether_type());
  }
  switch (header->nlpid()) {
    case FrameRelayView::nlpid_snap:
      return Step::snap;
    case FrameRelayView::nlpid_ipv4:
      return Step::ipv4;
    case FrameRelayView::nlpid_ipv6:
      return Step::ipv6;
    case FrameRelayView::nlpid_ppp:
      return Step::ppp;
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

namespace {

/// RFC 4448 4.6: a control word of four bytes, then an Ethernet frame. That it is one is a guess.
Step pseudowire(Walk& walk) noexcept {
  constexpr std::uint32_t control_word = 4;
  if (walk.wire_rest() < control_word + EthernetView::min_header_length) {
    return walk.stop(StopReason::unknown_protocol);
  }
  if (walk.rest().size() < control_word) return walk.stop(ParseError::truncated);
  walk.skip(control_word);
  return Step::ethernet;
}

}  // namespace

Step mpls(Walk& walk, Protocol as) noexcept {
  const auto label = walk.read<MplsView>(as);
  if (!label) return Step::stop;
  if (!label->bottom_of_stack()) return Step::mpls;
  if (walk.rest().empty()) return walk.stop(ParseError::truncated);
  // Nothing names what follows the last label: RFC 4928 3 tells IP by its version nibble, and
  // RFC 4385 3 lets a pseudowire control word start with zero.
  switch (walk.rest()[0] >> 4) {
    case 0:
      return pseudowire(walk);
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

Step pppoe_session(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<PppoeView>(as);
  if (!header) return Step::stop;
  walk.limit(start, PppoeView::min_header_length + header->length());
  return Step::ppp;
}

Step pppoe_discovery(Walk& walk, Protocol as) noexcept {
  return pppoe_session(walk, as) == Step::stop ? Step::stop : walk.stop(StopReason::payload);
}

Step leaf(Walk& walk, Protocol as) noexcept {
  if (walk.rest().empty()) return walk.stop_before(as);
  walk.push(as, walk.rest().size());
  return Step::stop;
}

}  // namespace steps
}  // namespace weir::wire
