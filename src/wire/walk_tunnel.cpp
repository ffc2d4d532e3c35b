// Tunnels, and the applications recognised for summaries: steps of decode().
#include "walk.h"
#include "weir/wire/dns.h"
#include "weir/wire/erspan.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/nsh.h"
#include "weir/wire/teredo.h"
#include "weir/wire/tls.h"
#include "weir/wire/vxlan.h"

namespace weir::wire {

Step Walk::take_tunnel(Step step) noexcept {
  switch (step) {
    case Step::gre:
      return gre();
    case Step::erspan:
      return erspan();
    case Step::vxlan:
    case Step::vxlan_gpe:
      return vxlan(step);
    case Step::geneve:
      if (const auto header = read<GeneveView>(Protocol::geneve)) {
        return header->is_control() ? stop(StopReason::payload) : by_ether_type(header->protocol());
      }
      return Step::stop;
    case Step::gtp:
      return gtp();
    case Step::teredo:
      return read<TeredoView>(Protocol::teredo) ? Step::ipv6 : Step::stop;
    case Step::l2tp:
      return l2tp();
    case Step::l2tp_version_3:
      return leaf(Protocol::l2tp);
    case Step::ether_ip:
      return read<EtherIpView>(Protocol::ether_ip) ? Step::ethernet : Step::stop;
    case Step::nsh:
      return nsh();
    case Step::tls:
      return tls();
    default:
      return dns(step);
  }
}

Step Walk::gre() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<GreView>(Protocol::gre);
  if (!header) return Step::stop;
  if (header->version() == 1) limit(start, header->header_length() + header->payload_length());
  switch (header->protocol()) {
    case ether_type::erspan:
      // Type I has neither a sequence number nor a header of its own.
      if (header->has_sequence_number()) return Step::erspan;
      return push(Protocol::erspan, 0) ? Step::ethernet : Step::stop;
    case ether_type::erspan_iii:
      return Step::erspan;
    case ether_type::wccp:
      return Step::ip_by_version;
    default:
      return by_ether_type(header->protocol());
  }
}

Step Walk::erspan() noexcept {
  const auto header = read<ErspanView>(Protocol::erspan);
  if (!header) return Step::stop;
  return header->frame_type() == 2 ? Step::ip_by_version : Step::ethernet;
}

Step Walk::vxlan(Step step) noexcept {
  const auto header = read<VxlanView>(Protocol::vxlan);
  if (!header) return Step::stop;
  // The port of VXLAN-GPE says that the payload is named, whatever the P flag says.
  const bool named = step == Step::vxlan_gpe;
  switch (named ? header->next_protocol_field() : header->next_protocol()) {
    case VxlanView::Next::ipv4:
      return Step::ipv4;
    case VxlanView::Next::ipv6:
      return Step::ipv6;
    case VxlanView::Next::ethernet:
      return Step::ethernet;
    case VxlanView::Next::nsh:
      return Step::nsh;
    case VxlanView::Next::mpls:
      return Step::mpls;
  }
  return stop(StopReason::unknown_protocol);
}

Step Walk::nsh() noexcept {
  const auto header = read<NshView>(Protocol::nsh);
  if (!header) return Step::stop;
  switch (header->next_protocol()) {
    case NshView::Next::ipv4:
      return Step::ipv4;
    case NshView::Next::ipv6:
      return Step::ipv6;
    case NshView::Next::ethernet:
      return Step::ethernet;
    case NshView::Next::nsh:
      return Step::nsh;
    case NshView::Next::mpls:
      return Step::mpls;
  }
  return stop(StopReason::unknown_protocol);
}

Step Walk::gtp() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<GtpView>(Protocol::gtp);
  if (!header) return Step::stop;
  limit(start, GtpView::min_header_length + header->length());
  if (header->message_type() != GtpView::message_g_pdu) return stop(StopReason::payload);
  return offset_ == end_ ? stop(ParseError::truncated) : Step::ip_by_version;
}

Step Walk::l2tp() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<L2tpView>(Protocol::l2tp);
  if (!header) return Step::stop;
  if (header->has_length()) limit(start, header->length());
  return header->is_control() || offset_ == wire_end_ ? stop(StopReason::payload) : Step::ppp;
}

/// What does not parse is payload: the port alone proves nothing.
Step Walk::dns(Step step) noexcept {
  // RFC 1035 4.2.2: over TCP two bytes of length stand before the message.
  const std::size_t prefix = step == Step::dns_over_tcp ? 2 : 0;
  if (rest().size() < prefix || !DnsView::parse(rest().subspan(prefix))) {
    return stop(StopReason::payload);
  }
  offset_ += static_cast<std::uint32_t>(prefix);
  push(Protocol::dns, DnsView::min_header_length);
  return Step::stop;
}

Step Walk::tls() noexcept {
  if (TlsRecordView::parse(rest())) push(Protocol::tls, TlsRecordView::min_header_length);
  return Step::stop;
}

}  // namespace weir::wire
