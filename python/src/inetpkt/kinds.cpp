// The packet classes, one line each.
#include "inetpkt/kinds.h"

#include <cstddef>

#include "inetpkt/lists.h"
#include "weir/compat/steelscript/dns.h"
#include "weir/compat/steelscript/headers.h"
#include "weir/compat/steelscript/igmp.h"
#include "weir/compat/steelscript/raw_headers.h"

namespace weir::python {
namespace {

using steel::Next;

enum Index : std::size_t {
  pkt,
  null,
  ethernet,
  arp,
  ip,
  udp,
  tcp,
  icmp,
  igmp,
  group_record,
  mpls,
  netflow,
  dns,
  count
};

template <Index index>
PyObject* call(PyObject*, PyObject* const* arguments, std::size_t flags, PyObject* names) noexcept {
  return call_kind(kinds()[index], arguments, static_cast<std::size_t>(PyVectorcall_NARGS(flags)),
                   names);
}

// C and Cython read Ethernet where it lies.
static_assert(sizeof(WeirPkt) % alignof(std::max_align_t) == 0 || sizeof(WeirPkt) % 8 == 0);
static_assert(offsetof(WeirEthernet, src_mac) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, src_mac));
static_assert(offsetof(WeirEthernet, dst_mac) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, dst_mac));
static_assert(offsetof(WeirEthernet, type) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, type));
static_assert(offsetof(WeirEthernet, tpid) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, tpid));
static_assert(offsetof(WeirEthernet, priority_code) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, priority_code));
static_assert(offsetof(WeirEthernet, drop_eligible) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, drop_eligible));
static_assert(offsetof(WeirEthernet, vlan_id) ==
              sizeof(WeirPkt) + offsetof(steel::EthernetHeader, vlan_id));

constexpr Kind with_lists(Kind kind, PyGetSetDef* lists, PyObject* (*make)(PyObject*) noexcept,
                          bool (*take)(PyObject*, PyObject*) noexcept,
                          bool (*append)(PyObject*, steel::Octets&,
                                         const steel::Pkt2Net&)) noexcept {
  kind.lists = lists;
  kind.make_payload = make;
  kind.take_keywords = take;
  kind.append_payload = append;
  return kind;
}

Kind all[count] = {
    kind_for<steel::PktHeader>(
        call<pkt>,
        "PKT(*args, **kwargs)\n--\n\nBase of the packet classes: pkt_name, pq_type, query_fields, "
        "l7_ports. Derive from it for a\nprotocol of your own; l7_ports={port: class} makes UDP "
        "and TCP use it, 0 for all other ports."),
    kind_for<steel::NullHeader>(
        call<null>,
        "NullPkt(*args, **kwargs)\n--\n\nBytes that no class was found for, or that the class for "
        "them could not read: payload."),
    kind_for<steel::EthernetHeader>(
        call<ethernet>,
        "Ethernet(*args, **kwargs)\n--\n\nAn Ethernet II frame with one VLAN tag, or none: of "
        "bytes, or of keywords with the names of\nits attributes."),
    kind_for<steel::ArpHeader>(call<arp>, "ARP(*args, **kwargs)\n--\n\nAn ARP packet."),
    kind_for<steel::IpHeader>(call<ip>, "IP(*args, **kwargs)\n--\n\nAn IPv4 datagram."),
    kind_for<steel::UdpHeader>(call<udp>, "UDP(*args, **kwargs)\n--\n\nA UDP datagram."),
    kind_for<steel::TcpHeader>(
        call<tcp>,
        "TCP(*args, **kwargs)\n--\n\nA TCP segment, or the first bytes of one that an ICMP error "
        "quotes."),
    kind_for<steel::IcmpHeader>(
        call<icmp>,
        "ICMP(*args, **kwargs)\n--\n\nAn ICMP message; hdr_pkt is the datagram that an error "
        "quotes."),
    with_lists(kind_for<steel::IgmpHeader>(
                   call<igmp>, "IGMP(*args, **kwargs)\n--\n\nAn IGMP message of version 1 to 3."),
               igmp_lists, make_group_records, take_group_records, append_group_records),
    kind_for<steel::IgmpRecordHeader>(
        call<group_record>,
        "IGMPGroupRecord(*args, **kwargs)\n--\n\nA group record of an IGMP report."),
    kind_for<steel::MplsHeader>(call<mpls>,
                                "MPLS(*args, **kwargs)\n--\n\nOne entry of an MPLS label stack."),
    kind_for<steel::NetflowHeader>(
        call<netflow>,
        "NetflowSimple(*args, **kwargs)\n--\n\nWhat NetFlow of versions 1 to 9 begins with."),
    with_lists(kind_for<steel::DnsHeader>(
                   call<dns>,
                   "DNS(*args, **kwargs)\n--\n\nA DNS message: l7_ports={53: DNS} has those of UDP "
                   "read."),
               dns_lists, make_sections, take_sections, append_message),
};

}  // namespace

std::span<Kind> kinds() noexcept { return all; }

const Kind& pkt_kind() noexcept { return all[pkt]; }
const Kind& null_kind() noexcept { return all[null]; }

const Kind& kind_of(Next next) noexcept {
  switch (next) {
    case Next::ethernet:
      return all[ethernet];
    case Next::arp:
      return all[arp];
    case Next::ip:
      return all[ip];
    case Next::udp:
      return all[udp];
    case Next::tcp:
      return all[tcp];
    case Next::icmp:
      return all[icmp];
    case Next::mpls:
      return all[mpls];
    case Next::igmp:
      return all[igmp];
    case Next::port:
    case Next::nothing:
      break;
  }
  return all[null];
}

}  // namespace weir::python
