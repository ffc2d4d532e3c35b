// IP and its extension headers: steps of decode().
#include "walk.h"
#include "weir/wire/ah.h"
#include "weir/wire/esp.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::wire {

Step Walk::take_network(Step step) noexcept {
  switch (step) {
    case Step::ip_by_version:
      return ip_by_version();
    case Step::ipv4:
      return ipv4();
    case Step::ipv6:
      return ipv6();
    case Step::hop_by_hop:
      return extension<Ipv6OptionsView>(Protocol::ipv6_hop_by_hop);
    case Step::routing:
      return extension<Ipv6RoutingView>(Protocol::ipv6_routing);
    case Step::ipv6_fragment:
      return ipv6_fragment();
    case Step::destination:
      return extension<Ipv6OptionsView>(Protocol::ipv6_destination);
    case Step::mobility:
      return mobility();
    case Step::shim6:
      return extension<Ipv6Shim6View>(Protocol::ipv6_shim6);
    case Step::ah:
      return authentication();
    default:
      return encrypted(step);
  }
}

/// A header that names the next one and changes nothing else.
template <class V>
Step Walk::extension(Protocol protocol) noexcept {
  const auto header = read<V>(protocol);
  if (!header) return cut_extension();
  continue_datagram(header->next_header());
  return by_ip_protocol(header->next_header());
}

/// What there was of it is no payload.
Step Walk::cut_extension() noexcept {
  continue_datagram(layers_.inner.protocol);
  return Step::stop;
}

Step Walk::ip_by_version() noexcept {
  if (offset_ == end_) return stop(ParseError::truncated);
  switch (data_[offset_] >> 4) {
    case 4:
      return Step::ipv4;
    case 6:
      return Step::ipv6;
    default:
      return stop(ParseError::bad_version);
  }
}

Step Walk::ipv4() noexcept {
  const std::uint32_t start = offset_;
  const auto ip = read<Ipv4View>(Protocol::ipv4);
  if (!ip) return Step::stop;
  const bool later = ip->fragment_offset() != 0;
  begin_datagram(start, ip->stated_length(), ip->protocol(),
                 later                  ? Fragment::later
                 : ip->more_fragments() ? Fragment::first
                                        : Fragment::none);
  return later ? stop(StopReason::later_fragment) : by_ip_protocol(ip->protocol());
}

Step Walk::ipv6() noexcept {
  const std::uint32_t start = offset_;
  const auto ip = read<Ipv6View>(Protocol::ipv6);
  if (!ip) return Step::stop;
  begin_datagram(start, ip->stated_length(), ip->next_header(), Fragment::none);
  return by_ip_protocol(ip->next_header());
}

Step Walk::ipv6_fragment() noexcept {
  const auto header = read<Ipv6FragmentView>(Protocol::ipv6_fragment);
  if (!header) return cut_extension();
  const Fragment fragment = header->fragment_offset() != 0 ? Fragment::later
                            : header->more_fragments()     ? Fragment::first
                                                           : Fragment::none;
  layers_.inner.fragment = fragment;
  continue_datagram(header->next_header());
  if (fragment == Fragment::later) return stop(StopReason::later_fragment);
  return by_ip_protocol(header->next_header());
}

Step Walk::mobility() noexcept {
  const auto header = read<Ipv6MobilityView>(Protocol::ipv6_mobility);
  if (!header) return Step::stop;
  // RFC 6275 6.1.1: nothing follows; the datagram carries mobility itself.
  if (header->next_header() != ip_protocol::no_next_header)
    continue_datagram(header->next_header());
  return by_ip_protocol(header->next_header());
}

/// What AH protects is the datagram's protocol only once its header could be read (mark_transport):
/// of a tunnel, or of what is encrypted, AH is.
Step Walk::authentication() noexcept {
  const auto header = read<AhView>(Protocol::ah);
  continue_datagram(layers_.inner.protocol);
  return header ? by_ip_protocol(header->next_header()) : Step::stop;
}

Step Walk::encrypted(Step step) noexcept {
  if (step == Step::esp) {
    if (!read<EspView>(Protocol::esp)) return Step::stop;
    return stop(StopReason::encrypted);
  }
  constexpr std::size_t ipcomp_length = 4;  // RFC 3173 3
  const std::size_t length = std::min(rest().size(), ipcomp_length);
  if (length != 0 && !push(Protocol::ipcomp, length)) return Step::stop;
  return length == ipcomp_length ? stop(StopReason::encrypted) : stop(ParseError::truncated);
}

/// An IP header begins at `start` and has been read. A stated length of 0 leaves the datagram all
/// there is.
void Walk::begin_datagram(std::uint32_t start, std::size_t stated_length, std::uint8_t protocol,
                          Fragment fragment) noexcept {
  if (stated_length != 0) limit(start, stated_length);
  layers_.inner = {.network = static_cast<std::uint8_t>(layers_.size() - 1),
                   .protocol = protocol,
                   .fragment = fragment,
                   .payload_offset = offset_,
                   .length = static_cast<std::uint32_t>(wire_end_ - start)};
  if (!layers_.outer.present()) layers_.outer = layers_.inner;
}

/// An extension header or AH has been read: what follows belongs to the datagram.
void Walk::continue_datagram(std::uint8_t protocol) noexcept {
  layers_.inner.protocol = protocol;
  layers_.inner.payload_offset = offset_;
  keep_outer();
}

/// A transport header has been read: the last of the layers.
void Walk::mark_transport(std::uint8_t protocol) noexcept {
  layers_.inner.protocol = protocol;
  layers_.inner.transport = static_cast<std::uint8_t>(layers_.size() - 1);
  keep_outer();
}

/// While there is one datagram, outer and inner are the same.
void Walk::keep_outer() noexcept {
  if (layers_.outer.network == layers_.inner.network) layers_.outer = layers_.inner;
}

namespace {

Step step_of_ip_protocol(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case ip_protocol::hop_by_hop:
      return Step::hop_by_hop;
    case ip_protocol::icmp:
      return Step::icmp;
    case ip_protocol::igmp:
      return Step::igmp;
    case ip_protocol::ipv4:
      return Step::ipv4;
    case ip_protocol::tcp:
      return Step::tcp;
    case ip_protocol::udp:
      return Step::udp;
    case ip_protocol::dccp:
      return Step::dccp;
    case ip_protocol::ipv6:
      return Step::ipv6;
    case ip_protocol::ipv6_routing:
      return Step::routing;
    case ip_protocol::ipv6_fragment:
      return Step::ipv6_fragment;
    case ip_protocol::gre:
      return Step::gre;
    case ip_protocol::esp:
      return Step::esp;
    case ip_protocol::ah:
      return Step::ah;
    case ip_protocol::icmpv6:
      return Step::icmpv6;
    case ip_protocol::ipv6_destination:
      return Step::destination;
    case ip_protocol::eigrp:
      return Step::eigrp;
    case ip_protocol::ospf:
      return Step::ospf;
    case ip_protocol::ether_ip:
      return Step::ether_ip;
    case ip_protocol::pim:
      return Step::pim;
    case ip_protocol::ipcomp:
      return Step::ipcomp;
    case ip_protocol::vrrp:
      return Step::vrrp;
    case ip_protocol::l2tp:
      return Step::l2tp_version_3;
    case ip_protocol::sctp:
      return Step::sctp;
    case ip_protocol::ipv6_mobility:
      return Step::mobility;
    case ip_protocol::udp_lite:
      return Step::udp_lite;
    case ip_protocol::mpls:
      return Step::mpls;
    case ip_protocol::ipv6_shim6:
      return Step::shim6;
    default:
      return Step::stop;
  }
}

/// Whether the step still belongs to the datagram it was found in: extension, security, transport.
bool stays_in_datagram(Step step) noexcept {
  return (step >= Step::hop_by_hop && step <= Step::ipcomp) ||
         (step >= Step::tcp && step <= Step::eigrp);
}

}  // namespace

Step Walk::by_ip_protocol(std::uint8_t protocol) noexcept {
  if (protocol == ip_protocol::no_next_header) return stop(StopReason::payload);
  const Step step = step_of_ip_protocol(protocol);
  if (step == Step::stop) return stop(StopReason::unknown_protocol);
  if (depth_ == Depth::transport && !stays_in_datagram(step)) return stop(StopReason::payload);
  return step;
}

}  // namespace weir::wire
