// Rarer link layers and the pseudo-headers of capture software: steps of decode().
#include <array>
#include <utility>

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

constexpr auto steps_of_link_types = [] {
  std::array<Step, 512> steps{};
  for (const LinkFormat& format : link_formats) {
    steps[std::to_underlying(format.type)] = format.step;
  }
  return steps;
}();

}  // namespace

Step Walk::first(LinkType type) noexcept {
  const auto number = std::to_underlying(type);
  const Step step = number < steps_of_link_types.size() ? steps_of_link_types[number] : Step::stop;
  return step == Step::stop ? stop(StopReason::unknown_link_type) : step;
}

namespace steps {
namespace {

/// A header that is no layer of its own.
Step skip(Walk& walk, std::uint32_t size, Step behind) noexcept {
  if (walk.rest().size() < size) return walk.stop(ParseError::truncated);
  walk.skip(size);
  return behind;
}

/// A frame that carries LLC, or nothing that is read here.
template <class V>
Step llc_frame(Walk& walk, Protocol as) noexcept {
  const auto frame = walk.read<V>(as);
  if (!frame) return Step::stop;
  return frame->is_llc() ? Step::llc : walk.stop(StopReason::payload);
}

Step by_arcnet_type(Walk& walk, std::uint8_t type) noexcept {
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
      return walk.stop(StopReason::unknown_protocol);
  }
}

}  // namespace

Step nflog(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<NflogView>(as);
  if (!header) return Step::stop;
  // Other attributes may follow; but nothing is left where the record ends before its payload.
  if (!walk.rest().empty()) walk.limit(start, header->header_length() + header->payload_length());
  switch (header->ip_version()) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return walk.stop(StopReason::unknown_protocol);
  }
}

/// Who sent the packet is no layer of its own.
Step ppp_with_direction(Walk& walk, Protocol /*as*/) noexcept {
  const auto header = DirectedPppView::parse(walk.rest());
  if (!header) return walk.stop(header.error());
  walk.skip(header->header_length());
  return Step::ppp;
}

Step ppp_or_c_hdlc(Walk& walk, Protocol /*as*/) noexcept {
  if (walk.rest().empty()) return walk.stop(ParseError::truncated);
  return CiscoHdlcView::is_address(walk.rest()[0]) ? Step::c_hdlc : Step::ppp;
}

Step ppi(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<PpiView>(as);
  if (!header) return Step::stop;
  if (header->fcs_at_end()) walk.drop_frame_check_sequence();
  return walk.first(link_type_of_stored(static_cast<std::uint16_t>(header->dlt())));
}

Step radiotap(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<RadiotapView>(as);
  if (!header) return Step::stop;
  if (header->fcs_at_end()) walk.drop_frame_check_sequence();
  walk.set_padded(header->data_padded());
  return Step::wlan;
}

Step prism(Walk& walk, Protocol as) noexcept {
  // LINKTYPE_IEEE802_11_PRISM files may hold AVS headers; their first word tells.
  const Bytes header = walk.rest();
  const std::uint32_t word = header.size() < 4 ? 0 : load_be<std::uint32_t>(header.data());
  if (word == AvsView::version_1 || word == AvsView::version_2) return Step::avs;
  return walk.read<PrismView>(as) ? Step::wlan : Step::stop;
}

Step avs(Walk& walk, Protocol as) noexcept {
  return walk.read<AvsView>(as) ? Step::wlan : Step::stop;
}

Step wlan(Walk& walk, Protocol as) noexcept {
  const auto frame = walk.record<WlanView>(as, WlanView::parse(walk.rest(), walk.padded()));
  if (!frame) return Step::stop;
  if (frame->is_protected()) return walk.stop(StopReason::encrypted);
  if (frame->fragment_number() != 0) return walk.stop(StopReason::later_fragment);
  return frame->carries_llc() && walk.wire_rest() != 0 ? Step::llc : walk.stop(StopReason::payload);
}

Step token_ring(Walk& walk, Protocol as) noexcept { return llc_frame<TokenRingView>(walk, as); }
Step fddi(Walk& walk, Protocol as) noexcept { return llc_frame<FddiView>(walk, as); }

Step arcnet(Walk& walk, Protocol as) noexcept {
  const auto frame = walk.read<ArcnetView>(as);
  if (!frame) return Step::stop;
  if (frame->is_later_fragment()) return walk.stop(StopReason::later_fragment);
  return by_arcnet_type(walk, frame->type());
}

/// Source, destination and two bytes of offset before the type; behind the types of RFC 1201 a
/// split flag and a sequence number, as the driver left them after reassembly.
Step arcnet_linux(Walk& walk, Protocol as) noexcept {
  constexpr std::size_t type_offset = 4;
  const Bytes frame = walk.rest();
  if (frame.size() <= type_offset) return walk.stop(ParseError::truncated);
  const std::uint8_t type = frame[type_offset];
  const bool old = type == ArcnetView::type_ipv4_old || type == ArcnetView::type_arp_old;
  const std::size_t length = type_offset + (old ? 1 : 4);
  if (frame.size() < length) return walk.stop(ParseError::truncated);
  return walk.push(as, length) ? by_arcnet_type(walk, type) : Step::stop;
}

/// The pseudo-header of Solaris IP observability.
Step ipnet(Walk& walk, Protocol /*as*/) noexcept { return skip(walk, 24, Step::ip_by_version); }

/// RFC 2625 3.3: addresses of eight bytes.
Step ip_over_fc(Walk& walk, Protocol /*as*/) noexcept { return skip(walk, 16, Step::llc); }

/// OpenBSD: address family, SPI, flags.
Step enc(Walk& walk, Protocol /*as*/) noexcept { return skip(walk, 12, Step::ip_by_version); }

/// Apple's IP over IEEE 1394: addresses of eight bytes, then an EtherType.
Step ip_over_1394(Walk& walk, Protocol /*as*/) noexcept {
  constexpr std::size_t size = 18;
  const Bytes header = walk.rest();
  if (skip(walk, size, Step::ip_by_version) == Step::stop) return Step::stop;
  return walk.by_ether_type(load_be<std::uint16_t>(header.data() + size - 2));
}

Step ipoib(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<IpoibView>(as);
  return header ? walk.by_ether_type(header->type()) : Step::stop;
}

Step slip(Walk& walk, Protocol as) noexcept {
  return walk.read<SlipView>(as) ? Step::ip_by_version : Step::stop;
}

/// RFC 2684 5.1: LLC and SNAP before the packet; Linux can also leave them out.
Step atm_clip(Walk& walk, Protocol /*as*/) noexcept {
  if (walk.rest().empty()) return walk.stop(ParseError::truncated);
  return walk.rest()[0] == LlcView::sap_snap ? Step::llc : Step::ip_by_version;
}

Step pktap(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<PktapView>(as);
  if (!header) return Step::stop;
  if (header->record_type() != PktapView::record_packet) return walk.stop(StopReason::payload);
  return walk.first(link_type_of_stored(static_cast<std::uint16_t>(header->dlt())));
}

}  // namespace steps
}  // namespace weir::wire
