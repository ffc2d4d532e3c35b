// Transport, control and routing protocols on IP: steps of decode().
#include <array>

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
namespace {

struct Port {
  std::uint16_t number;
  Step step;
};

/// IANA service ports of what decode() reads on UDP.
constexpr Port udp_ports[] = {
    {53, Step::dns},      {1701, Step::l2tp},   {2123, Step::gtp},   {2152, Step::gtp},
    {3386, Step::gtp},    {3544, Step::teredo}, {4789, Step::vxlan}, {4790, Step::vxlan},
    {6081, Step::geneve}, {6635, Step::mpls},
};

constexpr Port tcp_ports[] = {
    {53, Step::dns_over_tcp}, {443, Step::tls}, {465, Step::tls}, {636, Step::tls},
    {853, Step::tls},         {993, Step::tls}, {995, Step::tls}, {8443, Step::tls},
};

/// Ports by their low byte: at most one port a slot, so a look-up is one load and one compare.
class PortTable {
 public:
  template <std::size_t N>
  constexpr explicit PortTable(const Port (&ports)[N]) noexcept {
    for (const Port& port : ports) slots_[slot(port.number)] = port;
  }
  [[nodiscard]] Step find(std::uint16_t number) const noexcept {
    const Port& port = slots_[slot(number)];
    return port.number == number ? port.step : Step::stop;
  }
  template <std::size_t N>
  [[nodiscard]] constexpr bool holds_all(const Port (&ports)[N]) const noexcept {
    for (const Port& port : ports) {
      if (slots_[slot(port.number)].number != port.number) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t slot(std::uint16_t number) noexcept { return number % 256; }
  std::array<Port, 256> slots_{};
};

constexpr PortTable udp_table{udp_ports};
constexpr PortTable tcp_table{tcp_ports};
static_assert(udp_table.holds_all(udp_ports) && tcp_table.holds_all(tcp_ports),
              "two ports share a slot");

Step either(const PortTable& table, std::uint16_t source, std::uint16_t destination) noexcept {
  const Step step = table.find(destination);
  return step != Step::stop ? step : table.find(source);
}

}  // namespace

Step udp_application(std::uint16_t source, std::uint16_t destination) noexcept {
  return either(udp_table, source, destination);
}

Step tcp_application(std::uint16_t source, std::uint16_t destination) noexcept {
  return either(tcp_table, source, destination);
}

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
