// Transport, control and routing protocols on IP: steps of decode().
#include "application_ports.h"
#include "walk.h"
#include "weir/wire/dccp.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/sctp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"

namespace weir::wire {

Step Walk::take_transport(Step step) noexcept {
  switch (step) {
    case Step::tcp:
      return tcp();
    case Step::udp:
      return udp();
    case Step::udp_lite:
      return last_header<UdpLiteView>(Protocol::udp_lite, ip_protocol::udp_lite);
    case Step::sctp:
      return last_header<SctpView>(Protocol::sctp, ip_protocol::sctp);
    case Step::dccp:
      return last_header<DccpView>(Protocol::dccp, ip_protocol::dccp);
    case Step::icmp:
      return last_header<IcmpView>(Protocol::icmp, ip_protocol::icmp);
    case Step::icmpv6:
      return last_header<Icmpv6View>(Protocol::icmpv6, ip_protocol::icmpv6);
    case Step::igmp:
      return last_header<IgmpView>(Protocol::igmp, ip_protocol::igmp);
    case Step::ospf:
      return leaf(Protocol::ospf);
    case Step::pim:
      return leaf(Protocol::pim);
    case Step::vrrp:
      return leaf(Protocol::vrrp);
    default:
      return leaf(Protocol::eigrp);
  }
}

/// A transport or control header behind which nothing is read.
template <class V>
Step Walk::last_header(Protocol name, std::uint8_t protocol) noexcept {
  if (read<V>(name)) mark_transport(protocol);
  return Step::stop;
}

Step Walk::tcp() noexcept {
  const std::uint32_t start = offset_;
  const auto header =
      record<TcpView>(Protocol::tcp, TcpView::parse_snapped(rest(), wire_end_ - offset_));
  if (!header) return Step::stop;
  mark_transport(ip_protocol::tcp);
  if (offset_ - start < header->header_length()) return stop(StopReason::snapped);
  if (depth_ == Depth::transport || offset_ == wire_end_) return stop(StopReason::payload);
  return application(tcp_space, header->source_port(), header->destination_port());
}

Step Walk::udp() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<UdpView>(Protocol::udp);
  if (!header) return Step::stop;
  mark_transport(ip_protocol::udp);
  // RFC 2675 4: length 0 is a jumbogram; it reaches to the end of the datagram.
  if (header->length() != 0) limit(start, header->length());
  if (depth_ == Depth::transport || offset_ == wire_end_) return stop(StopReason::payload);
  return application(udp_space, header->source_port(), header->destination_port());
}

/// A protocol that is named, but whose header nothing here needs.
Step Walk::leaf(Protocol protocol) noexcept {
  if (offset_ == end_) return stop(ParseError::truncated);
  push(protocol, end_ - offset_);
  return Step::stop;
}

}  // namespace weir::wire
