// Tunnels, and the applications recognised for summaries: steps of decode().
#include "walk.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns.h"
#include "weir/wire/erspan.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/netflow.h"
#include "weir/wire/next_protocol.h"
#include "weir/wire/nsh.h"
#include "weir/wire/teredo.h"
#include "weir/wire/tls.h"
#include "weir/wire/vxlan.h"

namespace weir::wire::steps {

Step gre(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<GreView>(as);
  if (!header) return Step::stop;
  if (header->version() == 1) walk.limit(start, header->header_length() + header->payload_length());
  switch (header->protocol()) {
    case ether_type::erspan:
      // Type I has neither a sequence number nor a header of its own.
      if (header->has_sequence_number()) return Step::erspan;
      return walk.push(Protocol::erspan, 0) ? Step::ethernet : Step::stop;
    case ether_type::erspan_iii:
      return Step::erspan;
    case ether_type::wccp:
      return Step::ip_by_version;
    default:
      return walk.by_ether_type(header->protocol());
  }
}

Step erspan(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<ErspanView>(as);
  if (!header) return Step::stop;
  return header->frame_type() == 2 ? Step::ip_by_version : Step::ethernet;
}

namespace {

Step by_next_protocol(Walk& walk, NextProtocol protocol) noexcept {
  switch (protocol) {
    case NextProtocol::ipv4:
      return Step::ipv4;
    case NextProtocol::ipv6:
      return Step::ipv6;
    case NextProtocol::ethernet:
      return Step::ethernet;
    case NextProtocol::nsh:
      return Step::nsh;
    case NextProtocol::mpls:
      return Step::mpls;
  }
  return walk.stop(StopReason::unknown_protocol);
}

}  // namespace

Step vxlan(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<VxlanView>(as);
  return header ? by_next_protocol(walk, header->next_protocol()) : Step::stop;
}

/// Its port says that the payload is named, whatever the P flag says.
Step vxlan_gpe(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<VxlanView>(as);
  return header ? by_next_protocol(walk, header->next_protocol_field()) : Step::stop;
}

Step geneve(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<GeneveView>(as);
  if (!header) return Step::stop;
  return header->is_control() ? walk.stop(StopReason::payload)
                              : walk.by_ether_type(header->protocol());
}

Step teredo(Walk& walk, Protocol as) noexcept {
  return walk.read<TeredoView>(as) ? Step::ipv6 : Step::stop;
}

Step ether_ip(Walk& walk, Protocol as) noexcept {
  return walk.read<EtherIpView>(as) ? Step::ethernet : Step::stop;
}

Step nsh(Walk& walk, Protocol as) noexcept {
  const auto header = walk.read<NshView>(as);
  return header ? by_next_protocol(walk, header->next_protocol()) : Step::stop;
}

Step gtp(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<GtpView>(as);
  if (!header) return Step::stop;
  walk.limit(start, GtpView::min_header_length + header->length());
  if (header->message_type() != GtpView::message_g_pdu) return walk.stop(StopReason::payload);
  return walk.rest().empty() ? walk.stop(ParseError::truncated) : Step::ip_by_version;
}

Step l2tp(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<L2tpView>(as);
  if (!header) return Step::stop;
  if (header->has_length()) walk.limit(start, header->length());
  return header->is_control() || walk.wire_rest() == 0 ? walk.stop(StopReason::payload) : Step::ppp;
}

namespace {

/// What does not parse is payload: the port alone proves nothing.
template <class V>
Step if_parsed(Walk& walk, Protocol as) noexcept {
  const auto header = V::parse(walk.rest());
  if (!header) return walk.stop(StopReason::payload);
  walk.push(as, header->header_length());
  return Step::stop;
}

}  // namespace

Step dns(Walk& walk, Protocol as) noexcept { return if_parsed<DnsView>(walk, as); }

/// RFC 1035 4.2.2: two bytes of length stand before the message.
Step dns_over_tcp(Walk& walk, Protocol as) noexcept {
  constexpr std::size_t prefix = 2;
  if (walk.rest().size() < prefix || !DnsView::parse(walk.rest().subspan(prefix))) {
    return walk.stop(StopReason::payload);
  }
  walk.skip(prefix);
  return dns(walk, as);
}

namespace {

/// The same for headers so long that they are often cut: what is there is recorded then, if it
/// begins as one.
template <class V>
Step if_parsed_or_cut(Walk& walk, Protocol as) noexcept {
  constexpr std::size_t telling = 4;
  const auto header = V::parse(walk.rest());
  const bool cut = !header && header.error() == ParseError::truncated &&
                   walk.rest().size() >= telling && walk.wire_rest() >= V::min_header_length;
  if (!header && !cut) return walk.stop(StopReason::payload);
  walk.record<V>(as, header);
  return Step::stop;
}

}  // namespace

Step dhcp(Walk& walk, Protocol as) noexcept { return if_parsed_or_cut<DhcpView>(walk, as); }

Step netflow(Walk& walk, Protocol as) noexcept { return if_parsed_or_cut<NetflowView>(walk, as); }

Step tls(Walk& walk, Protocol as) noexcept {
  if (TlsRecordView::parse(walk.rest())) walk.push(as, TlsRecordView::min_header_length);
  return Step::stop;
}

}  // namespace weir::wire::steps
