// Transport, control and routing protocols on IP: steps of decode().
#include "application_ports.h"
#include "walk.h"
#include "weir/wire/dccp.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
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
      if (read<UdpLiteView>(Protocol::udp_lite)) mark_transport();
      return Step::stop;
    case Step::sctp:
      if (read<SctpView>(Protocol::sctp)) mark_transport();
      return Step::stop;
    case Step::dccp:
      if (read<DccpView>(Protocol::dccp)) mark_transport();
      return Step::stop;
    case Step::icmp:
      if (read<IcmpView>(Protocol::icmp)) mark_transport();
      return Step::stop;
    case Step::icmpv6:
      if (read<Icmpv6View>(Protocol::icmpv6)) mark_transport();
      return Step::stop;
    case Step::igmp:
      if (read<IgmpView>(Protocol::igmp)) mark_transport();
      return Step::stop;
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

Step Walk::tcp() noexcept {
  const auto header = read<TcpView>(Protocol::tcp);
  if (!header) return Step::stop;
  mark_transport();
  if (depth_ == Depth::transport || offset_ == end_) return stop(StopReason::payload);
  return tcp_application(header->source_port(), header->destination_port());
}

Step Walk::udp() noexcept {
  const std::uint32_t start = offset_;
  const auto header = read<UdpView>(Protocol::udp);
  if (!header) return Step::stop;
  mark_transport();
  // RFC 2675 4: length 0 is a jumbogram; it reaches to the end of the datagram.
  if (header->length() != 0) limit(start, header->length());
  if (depth_ == Depth::transport || offset_ == end_) return stop(StopReason::payload);
  return udp_application(header->source_port(), header->destination_port());
}

/// A protocol that is named, but whose header nothing here needs.
Step Walk::leaf(Protocol protocol) noexcept {
  if (offset_ == end_) return stop(ParseError::truncated);
  push(protocol, end_ - offset_);
  return Step::stop;
}

}  // namespace weir::wire
