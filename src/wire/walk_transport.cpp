// Transport, control and routing protocols on IP: steps of decode().
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

namespace weir::wire::steps {
namespace {

/// A transport or control header behind which nothing is read.
template <class V>
Step last_header(Walk& walk, Protocol as, std::uint8_t protocol) noexcept {
  if (walk.read<V>(as)) walk.mark_transport(protocol);
  return Step::stop;
}

/// What the ports say, unless there is nothing, or nobody wants to know.
Step behind_ports(Walk& walk, PortSpace space, std::uint16_t source,
                  std::uint16_t destination) noexcept {
  if (walk.is_deep_enough() || walk.wire_rest() == 0) return walk.stop(StopReason::payload);
  return walk.by_ports(space, source, destination);
}

}  // namespace

Step tcp(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header =
      walk.record<TcpView>(as, TcpView::parse_snapped(walk.rest(), walk.wire_rest()));
  if (!header) return Step::stop;
  walk.mark_transport(ip_protocol::tcp);
  if (walk.offset() - start < header->header_length()) return walk.stop(StopReason::snapped);
  return behind_ports(walk, tcp_space, header->source_port(), header->destination_port());
}

Step udp(Walk& walk, Protocol as) noexcept {
  const std::uint32_t start = walk.offset();
  const auto header = walk.read<UdpView>(as);
  if (!header) return Step::stop;
  walk.mark_transport(ip_protocol::udp);
  // RFC 2675 4: length 0 is a jumbogram; it reaches to the end of the datagram.
  if (header->length() != 0) walk.limit(start, header->length());
  return behind_ports(walk, udp_space, header->source_port(), header->destination_port());
}

Step udp_lite(Walk& walk, Protocol as) noexcept {
  return last_header<UdpLiteView>(walk, as, ip_protocol::udp_lite);
}
Step sctp(Walk& walk, Protocol as) noexcept {
  return last_header<SctpView>(walk, as, ip_protocol::sctp);
}
Step dccp(Walk& walk, Protocol as) noexcept {
  return last_header<DccpView>(walk, as, ip_protocol::dccp);
}
Step icmp(Walk& walk, Protocol as) noexcept {
  return last_header<IcmpView>(walk, as, ip_protocol::icmp);
}
Step icmpv6(Walk& walk, Protocol as) noexcept {
  return last_header<Icmpv6View>(walk, as, ip_protocol::icmpv6);
}
Step igmp(Walk& walk, Protocol as) noexcept {
  return last_header<IgmpView>(walk, as, ip_protocol::igmp);
}

}  // namespace weir::wire::steps
