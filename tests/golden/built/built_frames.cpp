// Writes captures of frames that build() made, and says of each what is to be found in it:
// built_frames FOLDER. Lines: capture, number of the frame, protocols as tshark names them (a stack
// of labels once, VXLAN-GPE not at all), and of a frame that is wrong on purpose what tshark must
// call bad: the field with the checksum's status, or the beginning of what it says.
#include "built.h"

#include <array>
#include <string>
#include <vector>

#include "weir/wire/ah.h"
#include "weir/wire/arp.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/dccp.h"
#include "weir/wire/dns.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/erspan.h"
#include "weir/wire/esp.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/hsr.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/llc.h"
#include "weir/wire/mpls.h"
#include "weir/wire/nsh.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/sctp.h"
#include "weir/wire/teredo.h"
#include "weir/wire/trill.h"
#include "weir/wire/udp_lite.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"
#include "weir/wire/vxlan.h"

namespace weir::wire::built {
namespace {

void add_datagrams(Capture& to) {
  to.add("eth:ethertype:ip:udp:data", "", eth, ip4, udp, text);
  to.add("eth:ethertype:ipv6:udp:data", "", eth, ip6, udp, text);
  to.add("eth:ethertype:ip:tcp:data", "", eth, ip4, tcp, text);
  to.add("eth:ethertype:ipv6:tcp:data", "", eth, ip6, tcp, text);
  to.add("eth:ethertype:ip:icmp:data", "", eth, ip4, IcmpFields{.rest_of_header = 1}, text);
  to.add("eth:ethertype:ipv6:icmpv6:data", "", eth, ip6, Icmpv6Fields{.rest_of_header = 1}, text);
  to.add("eth:ethertype:ip:igmp:igmp", "", eth, ip4,
         IgmpFields{.type = IgmpType::membership_report_v2, .group = {{232, 0, 1, 2}}});
  const std::vector<std::uint8_t> cookie_ack{11, 0, 0, 4};
  to.add("eth:ethertype:ip:sctp", "", eth, ip4,
         SctpFields{.source_port = 7, .destination_port = 9, .verification_tag = 1}, cookie_ack);
  to.add("eth:ethertype:ip:dccp:data", "", eth, ip4,
         DccpFields{.source_port = 50'000, .destination_port = 50'001, .type = 2}, text);
  to.add("eth:ethertype:ip:udplite:data", "", eth, ip4,
         UdpLiteFields{.source_port = 50'000, .destination_port = 50'001}, text);
  to.add("eth:ethertype:ip:udplite:data", "", eth, ip4,
         UdpLiteFields{.source_port = 50'000, .destination_port = 50'001, .checksum_coverage = 8},
         text);
  to.add("eth:ethertype:ipv6:ipv6.hopopts:ipv6.dstopts:udp:data", "", eth, ip6,
         Ipv6ExtensionFields{.protocol = ip_protocol::hop_by_hop},
         Ipv6ExtensionFields{.protocol = ip_protocol::ipv6_destination}, udp, text);
  to.add("eth:ethertype:ipv6:ipv6.fraghdr:udp:data", "", eth, ip6,
         Ipv6FragmentFields{.identification = 5}, udp, text);
  const std::vector<std::uint8_t> home_test_init(10);
  to.add("eth:ethertype:ipv6:mipv6", "", eth, ip6,
         Ipv6MobilityFields{.message_type = 1, .message_data = home_test_init});
  const std::vector<std::uint8_t> question{1, 'a', 0, 0, 1, 0, 1};
  to.add("eth:ethertype:ip:udp:dns", "", eth, ip4, tunnel, DnsFields{.id = 5, .question_count = 1},
         question);
  const std::vector<std::uint8_t> check_value(12, 7);
  to.add("eth:ethertype:ip:ah:udp:data", "", eth, ip4,
         AhFields{.security_parameters_index = 256, .integrity_check_value = check_value}, udp,
         text);
  to.add("eth:ethertype:ip:esp", "", eth, ip4, EspFields{.security_parameters_index = 256}, text);
  const std::array<std::uint8_t, 6> mac{2, 0, 0, 0, 0, 2};
  const std::array<std::uint8_t, 4> address{192, 0, 2, 1};
  to.add("eth:ethertype:arp", "", eth,
         ArpFields{.sender_hardware = mac,
                   .sender_protocol = address,
                   .target_hardware = mac,
                   .target_protocol = address});
}

void add_tags(Capture& to) {
  to.add("eth:ethertype:vlan:ethertype:ip:udp:data", "", eth, VlanFields{.identifier = 5}, ip4, udp,
         text);
  to.add("eth:ethertype:vlan:ethertype:vlan:ethertype:ipv6:tcp:data", "", eth,
         VlanFields{.identifier = 5}, VlanFields{.identifier = 6}, ip6, tcp, text);
  to.add("eth:ethertype:mpls:ip:udp:data", "", eth, MplsFields{.label = 1000},
         MplsFields{.label = 1001}, ip4, udp, text);
  to.add("eth:ethertype:hsr:ip:udp:data", "", eth, HsrFields{.path = 1}, ip4, udp, text);
  to.add("eth:ethertype:trill:eth:ethertype:ip:udp:data", "", eth,
         TrillFields{.egress = 9, .ingress = 7}, eth, ip4, udp, text);
  to.add("eth:ethertype:pppoes:ppp:ip:udp:data", "", eth, PppoeFields{.session_identifier = 3},
         PppFields{.protocol = 0x0021}, ip4, udp, text);
  to.add("eth:ethertype:ieee8021ah:ethertype:ip:udp:data", "", eth,
         ITagFields{.service_identifier = 5}, ip4, udp, text);
  to.add("eth:ethertype:ieee8021cb:ethertype:ip:udp:data", "", eth,
         RTagFields{.sequence_number = 5}, ip4, udp, text);
  to.add("eth:ethertype:vntag:ethertype:ip:udp:data", "", eth,
         VnTagFields{.is_downstream = true, .source_interface = 5}, ip4, udp, text);
  to.add("eth:ethertype:etag:ethertype:ip:udp:data", "", eth, ETagFields{.channel = 5}, ip4, udp,
         text);
  to.add("eth:ethertype:cmd:ethertype:ip:udp:data", "", eth,
         CiscoMetadataFields{.security_group = 5}, ip4, udp, text);
  to.add("eth:llc:ip:udp:data", "", eth, LlcFields{}, SnapFields{}, ip4, udp, text);
  to.add("eth:ethertype:nsh:eth:ethertype:ip:udp:data", "", eth, NshFields{}, eth, ip4, udp, text);
}

void add_tunnels(Capture& to) {
  to.add("eth:ethertype:ip:ip:udp:data", "", eth, ip4, ip4, udp, text);
  to.add("eth:ethertype:ip:ipv6:tcp:data", "", eth, ip4, ip6, tcp, text);
  to.add("eth:ethertype:ipv6:ip:tcp:data", "", eth, ip6, ip4, tcp, text);
  const GreFields gre{.has_checksum = true, .has_key = true, .has_sequence_number = true, .key = 9};
  to.add("eth:ethertype:ip:gre:ip:udp:data", "", eth, ip4, gre, ip4, udp, text);
  to.add("eth:ethertype:ip:gre:ipv6:udp:data", "", eth, ip4, GreFields{}, ip6, udp, text);
  to.add("eth:ethertype:ip:gre:eth:ethertype:ip:udp:data", "", eth, ip4, gre, eth, ip4, udp, text);
  to.add("eth:ethertype:ip:gre:erspan:eth:ethertype:ip:udp:data", "", eth, ip4,
         GreFields{.has_sequence_number = true}, ErspanFields{.session_identifier = 5}, eth, ip4,
         udp, text);
  to.add("eth:ethertype:ip:gre:erspan:eth:ethertype:ip:udp:data", "", eth, ip4,
         GreFields{.has_sequence_number = true},
         ErspanFields{.version = ErspanView::type_iii, .is_ethernet_frame = true}, eth, ip4, udp,
         text);
  to.add("eth:ethertype:ip:etherip:eth:ethertype:ip:udp:data", "", eth, ip4, EtherIpFields{}, eth,
         ip4, udp, text);
  to.add("eth:ethertype:ip:mpls:ip:udp:data", "", eth, ip4, MplsFields{.label = 1000}, ip4, udp,
         text);
  to.add("eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:udp:data", "", eth, ip4, tunnel,
         VxlanFields{.identifier = 123}, eth, ip4, udp, text);
  to.add("eth:ethertype:ip:udp:ipv6:tcp:data", "", eth, ip4, tunnel,
         VxlanFields{.has_next_protocol = true, .identifier = 123}, ip6, tcp, text);
  to.add("eth:ethertype:ipv6:udp:geneve:eth:ethertype:ip:udp:data", "", eth, ip6, tunnel,
         GeneveFields{.identifier = 123}, eth, ip4, udp, text);
  to.add("eth:ethertype:ip:udp:gtp:ip:udp:data", "", eth, ip4, tunnel,
         GtpFields{.has_sequence_number = true, .tunnel_endpoint_identifier = 1}, ip4, udp, text);
  to.add("eth:ethertype:ip:udp:l2tp:ppp:ip:udp:data", "", eth, ip4, UdpFields{.source_port = 1701},
         L2tpFields{.has_length = true, .tunnel_identifier = 1, .session_identifier = 2},
         PppFields{.has_address_and_control = true, .protocol = 0x0021}, ip4, udp, text);
  to.add("eth:ethertype:ip:udp:teredo:ipv6:udp:data", "", eth, ip4, tunnel,
         TeredoFields{.has_origin = true}, ip6, udp, text);
  to.add("eth:ethertype:vlan:ethertype:ip:udp:vxlan:eth:ethertype:ipv6:gre:ip:tcp:data", "", eth,
         VlanFields{.identifier = 5}, ip4, tunnel, VxlanFields{}, eth, ip6, gre, ip4, tcp, text);
}

void add_wrong(Capture& to) {
  const auto ip_with = [](auto change) {
    Ipv4Fields fields = ip4;
    change(fields);
    return fields;
  };
  to.add("eth:ethertype:ip:udp:data", "ip.checksum.status", eth,
         ip_with([](Ipv4Fields& fields) { fields.header_checksum = 0x1234; }), udp, text);
  to.add("eth:ethertype:ip", "Bogus IP length", eth,
         ip_with([](Ipv4Fields& fields) { fields.total_length = 10; }), udp, text);
  UdpFields bad_udp = udp;
  bad_udp.checksum = 0x1234;
  to.add("eth:ethertype:ip:udp:data", "udp.checksum.status", eth, ip4, bad_udp, text);
  UdpFields short_udp = udp;
  short_udp.length = 5;
  to.add("eth:ethertype:ip:udp", "Bad length value", eth, ip4, short_udp, text);
  short_udp.length = 20;
  to.add("eth:ethertype:ip:udp:data", "", eth, ip4, short_udp, text);
  TcpFields bad_tcp = tcp;
  bad_tcp.checksum = 0x1234;
  to.add("eth:ethertype:ip:tcp:data", "tcp.checksum.status", eth, ip4, bad_tcp, text);
  to.add("eth:ethertype:ip:icmp:data", "icmp.checksum.status", eth, ip4,
         IcmpFields{.checksum = 0x1234, .rest_of_header = 1}, text);
  to.add("eth:ethertype:ip:gre:ip:udp:data", "gre.checksum.status", eth, ip4,
         GreFields{.has_checksum = true, .checksum = 0x1234}, ip4, udp, text);
  const std::vector<std::uint8_t> cookie_ack{11, 0, 0, 4};
  to.add("eth:ethertype:ip:sctp", "sctp.checksum.status", eth, ip4,
         SctpFields{.source_port = 7, .destination_port = 9, .checksum = 0x1234}, cookie_ack);
  EthernetFields other = eth;
  other.type_or_length = 0x1234;
  to.add("eth:ethertype:data", "", other, ip4, udp, text);
}

void add_checked(Capture& to) {
  EthernetFields checked = eth;
  checked.trailer = {.has_frame_check_sequence = true};
  to.add("eth:ethertype:ip:udp:data", "", checked, ip4, udp, text);
  // What the total length leaves out is the frame's trailer; tshark would take its end for the
  // frame check sequence where there is none.
  Ipv4Fields shorter = ip4;
  shorter.total_length = 50;
  to.add("eth:ethertype:ip:tcp:data", "", checked, shorter, tcp, text);
  to.add("eth:ethertype:ip:icmp:data", "", checked, shorter, IcmpFields{.rest_of_header = 1}, text);
  checked.trailer.frame_check_sequence = 0x12345678;
  to.add("eth:ethertype:ip:udp:data", "eth.fcs.status", checked, ip4, udp, text);
}

bool write_all(const std::string& folder) {
  Capture right{folder, "right.pcap", 1};
  add_datagrams(right);
  add_tags(right);
  add_tunnels(right);
  add_messages(right);
  Capture wrong{folder, "wrong.pcap", 1};
  add_wrong(wrong);
  Capture checked{folder, "checked.pcap", 1};
  add_checked(checked);
  return !right.failed() && !wrong.failed() && !checked.failed() && write_link_types(folder);
}

}  // namespace
}  // namespace weir::wire::built

int main(int count, char** words) {
  return count == 2 && weir::wire::built::write_all(words[1]) ? 0 : 1;
}
