// Rarer link layers and the pseudo-headers of capture software: steps of decode().
#include "walk.h"
#include "weir/stored_link_type.h"
#include "weir/wire/arcnet.h"
#include "weir/wire/avs.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/fddi.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/llc.h"
#include "weir/wire/nflog.h"
#include "weir/wire/pktap.h"
#include "weir/wire/ppi.h"
#include "weir/wire/ppp.h"
#include "weir/wire/prism.h"
#include "weir/wire/radiotap.h"
#include "weir/wire/slip.h"
#include "weir/wire/token_ring.h"

namespace weir::wire {
namespace {

struct RareLink {
  LinkType type;
  Step step;
};
constexpr RareLink rare_links[] = {
    {link_types::atm_rfc1483, Step::llc},
    {link_types::atm_clip, Step::atm_clip},
    {link_types::enc, Step::enc},
    {link_types::hdlc, Step::c_hdlc},
    {link_types::ip_over_fc, Step::ip_over_fc},
    {link_types::ip_over_1394, Step::ip_over_1394},
    {link_types::mpls, Step::mpls},
    {link_types::ipoib, Step::ipoib},
};

/// First step of a link type; stop for an unknown one.
Step step_of_link_type(LinkType type) noexcept {  // NOLINT(readability-function-size): a table
  switch (type) {
    case LinkType::null:
      return Step::null;
    case LinkType::ethernet:
      return Step::ethernet;
    case LinkType::token_ring:
      return Step::token_ring;
    case LinkType::arcnet:
      return Step::arcnet;
    case LinkType::arcnet_linux:
      return Step::arcnet_linux;
    case LinkType::ipnet:
      return Step::ipnet;
    case LinkType::slip:
      return Step::slip;
    case LinkType::fddi:
      return Step::fddi;
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return Step::ppp_or_c_hdlc;
    case LinkType::ppp_ether:
      return Step::pppoe_session;
    case LinkType::raw:
      return Step::raw;
    case LinkType::c_hdlc:
      return Step::c_hdlc;
    case LinkType::ieee802_11:
      return Step::wlan;
    case LinkType::frame_relay:
      return Step::frame_relay;
    case LinkType::loop:
      return Step::loop;
    case LinkType::linux_sll:
      return Step::sll;
    case LinkType::ieee802_11_prism:
      return Step::prism;
    case LinkType::ieee802_11_radiotap:
      return Step::radiotap;
    case LinkType::mtp2:
      return Step::mtp2;
    case LinkType::ieee802_11_avs:
      return Step::avs;
    case LinkType::ppp_with_direction:
      return Step::ppp_with_direction;
    case LinkType::ppi:
      return Step::ppi;
    case LinkType::ieee802_15_4:
    case LinkType::ieee802_15_4_no_fcs:
      return Step::wpan;
    case LinkType::ipv4:
      return Step::ipv4;
    case LinkType::ipv6:
      return Step::ipv6;
    case LinkType::nflog:
      return Step::nflog;
    case LinkType::pktap:
      return Step::pktap;
    case LinkType::linux_sll2:
      return Step::sll2;
  }
  const auto* const rare = std::ranges::find(rare_links, type, &RareLink::type);
  return rare != std::end(rare_links) ? rare->step : Step::stop;
}

}  // namespace

Step Walk::first(LinkType type) noexcept {
  const Step step = step_of_link_type(type);
  return step == Step::stop ? stop(StopReason::unknown_link_type) : step;
}

Step Walk::take_capture(Step step) noexcept {
  switch (step) {
    case Step::nflog:
      return nflog();
    case Step::ppi:
      return ppi();
    case Step::radiotap:
      return radiotap();
    case Step::prism:
      return prism();
    case Step::avs:
      return read<AvsView>(Protocol::prism) ? Step::wlan : Step::stop;
    case Step::wlan:
      return wlan();
    case Step::token_ring:
      return token_ring();
    case Step::fddi:
      return fddi();
    case Step::arcnet:
      return arcnet();
    case Step::arcnet_linux:
      return arcnet_linux();
    case Step::ipnet:
      return ipnet();
    case Step::ipoib:
      if (const auto header = read<IpoibView>(Protocol::ipoib))
        return by_ether_type(header->type());
      return Step::stop;
    case Step::ip_over_fc:
      return skip(16, Step::llc);  // RFC 2625 3.3: addresses of eight bytes
    case Step::ip_over_1394:
      return ip_over_1394();
    case Step::enc:
      return skip(12, Step::ip_by_version);  // address family, SPI, flags
    case Step::atm_clip:
      return atm_clip();
    case Step::slip:
      return read<SlipView>(Protocol::slip) ? Step::ip_by_version : Step::stop;
    case Step::pktap:
      return pktap();
    case Step::mtp2:
      return leaf(Protocol::mtp2);
    case Step::wpan:
      return leaf(Protocol::wpan);
    case Step::ppp_with_direction:
      return directed_ppp();
    default:  // ppp_or_c_hdlc
      if (rest().empty()) return stop(ParseError::truncated);
      return CiscoHdlcView::is_address(rest()[0]) ? Step::c_hdlc : Step::ppp;
  }
}

Step Walk::nflog() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<NflogView>(Protocol::nflog);
  if (!header) return Step::stop;
  // Other attributes may follow; but nothing is left where the record ends before its payload.
  if (!rest().empty()) limit(start, header->header_length() + header->payload_length());
  switch (header->ip_version()) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

/// Who sent the packet is no layer of its own.
Step Walk::directed_ppp() noexcept {
  const auto header = DirectedPppView::parse(rest());
  if (!header) return stop(header.error());
  offset_ += static_cast<std::uint32_t>(header->header_length());
  return Step::ppp;
}

Step Walk::ppi() noexcept {
  const auto header = read<PpiView>(Protocol::ppi);
  if (!header) return Step::stop;
  if (header->fcs_at_end()) drop_frame_check_sequence();
  return first(link_type_of_stored(static_cast<std::uint16_t>(header->dlt())));
}

Step Walk::radiotap() noexcept {
  const auto header = read<RadiotapView>(Protocol::radiotap);
  if (!header) return Step::stop;
  if (header->fcs_at_end()) drop_frame_check_sequence();
  padded_ = header->data_padded();
  return Step::wlan;
}

Step Walk::prism() noexcept {
  // LINKTYPE_IEEE802_11_PRISM files may hold AVS headers; their first word tells.
  const Bytes header = rest();
  const std::uint32_t word = header.size() < 4 ? 0 : load_be<std::uint32_t>(header.data());
  if (word == AvsView::version_1 || word == AvsView::version_2) return Step::avs;
  return read<PrismView>(Protocol::prism) ? Step::wlan : Step::stop;
}

Step Walk::wlan() noexcept {
  const auto frame = record<WlanView>(Protocol::wlan, WlanView::parse(rest(), padded_));
  if (!frame) return Step::stop;
  if (frame->is_protected()) return stop(StopReason::encrypted);
  if (frame->fragment_number() != 0) return stop(StopReason::later_fragment);
  return frame->carries_llc() && offset_ != wire_end_ ? Step::llc : stop(StopReason::payload);
}

Step Walk::token_ring() noexcept {
  const auto frame = read<TokenRingView>(Protocol::token_ring);
  if (!frame) return Step::stop;
  return frame->is_llc() ? Step::llc : stop(StopReason::payload);
}

Step Walk::fddi() noexcept {
  const auto frame = read<FddiView>(Protocol::fddi);
  if (!frame) return Step::stop;
  return frame->is_llc() ? Step::llc : stop(StopReason::payload);
}

Step Walk::arcnet() noexcept {
  const auto frame = read<ArcnetView>(Protocol::arcnet);
  if (!frame) return Step::stop;
  if (frame->is_later_fragment()) return stop(StopReason::later_fragment);
  return by_arcnet_type(frame->type());
}

/// Source, destination and two bytes of offset before the type; behind the types of RFC 1201 a
/// split flag and a sequence number, as the driver left them after reassembly.
Step Walk::arcnet_linux() noexcept {
  constexpr std::size_t type_offset = 4;
  const Bytes frame = rest();
  if (frame.size() <= type_offset) return stop(ParseError::truncated);
  const std::uint8_t type = frame[type_offset];
  const bool old = type == ArcnetView::type_ipv4_old || type == ArcnetView::type_arp_old;
  const std::size_t length = type_offset + (old ? 1 : 4);
  if (frame.size() < length) return stop(ParseError::truncated);
  return push(Protocol::arcnet, length) ? by_arcnet_type(type) : Step::stop;
}

/// A header that is no layer of its own.
Step Walk::skip(std::uint32_t size, Step behind) noexcept {
  if (rest().size() < size) return stop(ParseError::truncated);
  offset_ += size;
  return behind;
}

/// The pseudo-header of Solaris IP observability.
Step Walk::ipnet() noexcept { return skip(24, Step::ip_by_version); }

/// Apple's IP over IEEE 1394: addresses of eight bytes, then an EtherType.
Step Walk::ip_over_1394() noexcept {
  if (skip(18, Step::ip_by_version) == Step::stop) return Step::stop;
  return by_ether_type(load_be<std::uint16_t>(data_ + offset_ - 2));
}

/// RFC 2684 5.1: LLC and SNAP before the packet; Linux can also leave them out.
Step Walk::atm_clip() noexcept {
  if (rest().empty()) return stop(ParseError::truncated);
  return rest()[0] == LlcView::sap_snap ? Step::llc : Step::ip_by_version;
}

Step Walk::by_arcnet_type(std::uint8_t type) noexcept {
  switch (type) {
    case ArcnetView::type_ipv4:
    case ArcnetView::type_ipv4_old:
      return Step::ipv4;
    case ArcnetView::type_ipv6:
      return Step::ipv6;
    case ArcnetView::type_arp:
    case ArcnetView::type_rarp:
    case ArcnetView::type_arp_old:
      return Step::arp;
    default:
      return stop(StopReason::unknown_protocol);
  }
}

Step Walk::pktap() noexcept {
  const auto header = read<PktapView>(Protocol::pktap);
  if (!header) return Step::stop;
  if (header->record_type() != PktapView::record_packet) return stop(StopReason::payload);
  return first(link_type_of_stored(static_cast<std::uint16_t>(header->dlt())));
}

/// Cuts the four bytes at the end of the frame off, as far as they were captured; once.
void Walk::drop_frame_check_sequence() noexcept {
  if (fcs_dropped_) return;
  fcs_dropped_ = true;
  constexpr std::uint64_t size = 4;
  const std::uint64_t length = wire_end_ - offset_;
  limit(offset_, length < size ? 0 : length - size);
}

}  // namespace weir::wire
