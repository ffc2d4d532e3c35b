// The public numbers, against what the C library's headers and databases say.
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <netdb.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include <array>

#include "weir/wire/arp_numbers.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ethernet_length.h"
#include "weir/wire/icmp_numbers.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4_numbers.h"

namespace weir::wire {
namespace {

TEST(Numbers, OfEtherTypesAreTheKernels) {
  EXPECT_EQ(ether_type::pup, ETH_P_PUP);
  EXPECT_EQ(ether_type::ipv4, ETH_P_IP);
  EXPECT_EQ(ether_type::x_25, ETH_P_X25);
  EXPECT_EQ(ether_type::arp, ETH_P_ARP);
  EXPECT_EQ(ether_type::trans_ether_bridging, ETH_P_TEB);
  EXPECT_EQ(ether_type::rarp, ETH_P_RARP);
  EXPECT_EQ(ether_type::apple_talk, ETH_P_ATALK);
  EXPECT_EQ(ether_type::apple_talk_arp, ETH_P_AARP);
  EXPECT_EQ(ether_type::vlan, ETH_P_8021Q);
  EXPECT_EQ(ether_type::erspan, ETH_P_ERSPAN);
  EXPECT_EQ(ether_type::erspan_iii, ETH_P_ERSPAN2);
  EXPECT_EQ(ether_type::ipx, ETH_P_IPX);
  EXPECT_EQ(ether_type::ipv6, ETH_P_IPV6);
  EXPECT_EQ(ether_type::pause, ETH_P_PAUSE);
  EXPECT_EQ(ether_type::slow_protocols, ETH_P_SLOW);
  EXPECT_EQ(ether_type::wccp, ETH_P_WCCP);
  EXPECT_EQ(ether_type::mpls, ETH_P_MPLS_UC);
  EXPECT_EQ(ether_type::mpls_multicast, ETH_P_MPLS_MC);
  EXPECT_EQ(ether_type::pppoe_discovery, ETH_P_PPP_DISC);
  EXPECT_EQ(ether_type::pppoe_session, ETH_P_PPP_SES);
  EXPECT_EQ(ether_type::eapol, ETH_P_PAE);
  EXPECT_EQ(ether_type::profinet, ETH_P_PROFINET);
  EXPECT_EQ(ether_type::ata_over_ethernet, ETH_P_AOE);
  EXPECT_EQ(ether_type::ethercat, ETH_P_ETHERCAT);
  EXPECT_EQ(ether_type::provider_vlan, ETH_P_8021AD);
  EXPECT_EQ(ether_type::local_experimental_1, ETH_P_802_EX1);
  EXPECT_EQ(ether_type::tipc, ETH_P_TIPC);
  EXPECT_EQ(ether_type::lldp, ETH_P_LLDP);
  EXPECT_EQ(ether_type::mrp, ETH_P_MRP);
  EXPECT_EQ(ether_type::macsec, ETH_P_MACSEC);
  EXPECT_EQ(ether_type::provider_backbone, ETH_P_8021AH);
  EXPECT_EQ(ether_type::mvrp, ETH_P_MVRP);
  EXPECT_EQ(ether_type::ptp, ETH_P_1588);
  EXPECT_EQ(ether_type::ncsi, ETH_P_NCSI);
  EXPECT_EQ(ether_type::hsr_supervision, ETH_P_PRP);
  EXPECT_EQ(ether_type::cfm, ETH_P_CFM);
  EXPECT_EQ(ether_type::fcoe, ETH_P_FCOE);
  EXPECT_EQ(ether_type::fcoe_initialization, ETH_P_FIP);
  EXPECT_EQ(ether_type::roce, ETH_P_IBOE);
  EXPECT_EQ(ether_type::hsr, ETH_P_HSR);
  EXPECT_EQ(ether_type::nsh, ETH_P_NSH);
  EXPECT_EQ(ether_type::loopback, ETH_P_LOOPBACK);
  EXPECT_EQ(ether_type::vlan_9100, ETH_P_QINQ1);
  EXPECT_EQ(ether_type::vlan_9200, ETH_P_QINQ2);
  EXPECT_EQ(ether_type::vlan_9300, ETH_P_QINQ3);
}

TEST(Numbers, OfFramesAreTheKernels) {
  EXPECT_EQ(ethernet_length::address, ETH_ALEN);
  EXPECT_EQ(ethernet_length::type, ETH_TLEN);
  EXPECT_EQ(ethernet_length::header, ETH_HLEN);
  EXPECT_EQ(ethernet_length::frame_check_sequence, ETH_FCS_LEN);
  EXPECT_EQ(ethernet_length::min_without_check, ETH_ZLEN);
  EXPECT_EQ(ethernet_length::min_frame, ETH_ZLEN + ETH_FCS_LEN);
  EXPECT_EQ(ethernet_length::max_frame, ETH_FRAME_LEN + ETH_FCS_LEN);
}

/// A name of the protocols database.
struct Named {
  const char* name;
  int number;
};

constexpr auto ip_protocols = std::to_array<Named>({
    {"hopopt", ip_protocol::hop_by_hop},
    {"icmp", ip_protocol::icmp},
    {"igmp", ip_protocol::igmp},
    {"ggp", ip_protocol::ggp},
    {"ipencap", ip_protocol::ipv4},
    {"st", ip_protocol::stream},
    {"tcp", ip_protocol::tcp},
    {"egp", ip_protocol::egp},
    {"igp", ip_protocol::igp},
    {"pup", ip_protocol::pup},
    {"udp", ip_protocol::udp},
    {"hmp", ip_protocol::hmp},
    {"xns-idp", ip_protocol::xns_idp},
    {"rdp", ip_protocol::rdp},
    {"iso-tp4", ip_protocol::iso_tp4},
    {"dccp", ip_protocol::dccp},
    {"xtp", ip_protocol::xtp},
    {"ddp", ip_protocol::ddp},
    {"idpr-cmtp", ip_protocol::idpr_cmtp},
    {"ipv6", ip_protocol::ipv6},
    {"ipv6-route", ip_protocol::ipv6_routing},
    {"ipv6-frag", ip_protocol::ipv6_fragment},
    {"idrp", ip_protocol::idrp},
    {"rsvp", ip_protocol::rsvp},
    {"gre", ip_protocol::gre},
    {"esp", ip_protocol::esp},
    {"ah", ip_protocol::ah},
    {"skip", ip_protocol::skip},
    {"ipv6-icmp", ip_protocol::icmpv6},
    {"ipv6-nonxt", ip_protocol::no_next_header},
    {"ipv6-opts", ip_protocol::ipv6_destination},
    {"vmtp", ip_protocol::vmtp},
    {"eigrp", ip_protocol::eigrp},
    {"ospf", ip_protocol::ospf},
    {"ax.25", ip_protocol::ax_25},
    {"ipip", ip_protocol::ipip},
    {"etherip", ip_protocol::ether_ip},
    {"encap", ip_protocol::encap},
    {"pim", ip_protocol::pim},
    {"ipcomp", ip_protocol::ipcomp},
    {"vrrp", ip_protocol::vrrp},
    {"l2tp", ip_protocol::l2tp},
    {"isis", ip_protocol::isis_over_ipv4},
    {"sctp", ip_protocol::sctp},
    {"fc", ip_protocol::fibre_channel},
    {"mobility-header", ip_protocol::ipv6_mobility},
    {"udplite", ip_protocol::udp_lite},
    {"mpls-in-ip", ip_protocol::mpls},
    {"manet", ip_protocol::manet},
    {"hip", ip_protocol::hip},
    {"shim6", ip_protocol::ipv6_shim6},
    {"wesp", ip_protocol::wesp},
    {"rohc", ip_protocol::rohc},
    {"ethernet", ip_protocol::ethernet},
});

TEST(Numbers, OfIpProtocolsAreThoseOfTheProtocolsDatabase) {
  int found = 0;
  for (const Named& protocol : ip_protocols) {
    const protoent* const entry = getprotobyname(protocol.name);
    if (entry == nullptr) continue;
    ++found;
    EXPECT_EQ(entry->p_proto, protocol.number) << protocol.name;
  }
  if (found == 0) GTEST_SKIP() << "this system has no database of protocols";
}

TEST(Numbers, OfArpAreTheCLibrarys) {
  EXPECT_EQ(arp_hardware::netrom, ARPHRD_NETROM);
  EXPECT_EQ(arp_hardware::ethernet, ARPHRD_ETHER);
  EXPECT_EQ(arp_hardware::experimental_ethernet, ARPHRD_EETHER);
  EXPECT_EQ(arp_hardware::ax_25, ARPHRD_AX25);
  EXPECT_EQ(arp_hardware::pronet, ARPHRD_PRONET);
  EXPECT_EQ(arp_hardware::chaos, ARPHRD_CHAOS);
  EXPECT_EQ(arp_hardware::ieee802, ARPHRD_IEEE802);
  EXPECT_EQ(arp_hardware::arcnet, ARPHRD_ARCNET);
  EXPECT_EQ(arp_hardware::hyperchannel, ARPHRD_APPLETLK);
  EXPECT_EQ(arp_hardware::frame_relay, ARPHRD_DLCI);
  EXPECT_EQ(arp_hardware::atm, ARPHRD_ATM);
  EXPECT_EQ(arp_hardware::metricom, ARPHRD_METRICOM);
  EXPECT_EQ(arp_hardware::ieee1394, ARPHRD_IEEE1394);
  EXPECT_EQ(arp_hardware::eui_64, ARPHRD_EUI64);
  EXPECT_EQ(arp_hardware::infiniband, ARPHRD_INFINIBAND);
  EXPECT_EQ(arp_operation::request, ARPOP_REQUEST);
  EXPECT_EQ(arp_operation::reply, ARPOP_REPLY);
  EXPECT_EQ(arp_operation::reverse_request, ARPOP_RREQUEST);
  EXPECT_EQ(arp_operation::reverse_reply, ARPOP_RREPLY);
  EXPECT_EQ(arp_operation::inverse_request, ARPOP_InREQUEST);
  EXPECT_EQ(arp_operation::inverse_reply, ARPOP_InREPLY);
  EXPECT_EQ(arp_operation::negative_acknowledgment, ARPOP_NAK);
}

TEST(Numbers, OfIcmpCodesAreTheCLibrarys) {
  EXPECT_EQ(icmp_unreachable::network, ICMP_NET_UNREACH);
  EXPECT_EQ(icmp_unreachable::host, ICMP_HOST_UNREACH);
  EXPECT_EQ(icmp_unreachable::protocol, ICMP_PROT_UNREACH);
  EXPECT_EQ(icmp_unreachable::port, ICMP_PORT_UNREACH);
  EXPECT_EQ(icmp_unreachable::fragmentation_needed, ICMP_FRAG_NEEDED);
  EXPECT_EQ(icmp_unreachable::source_route_failed, ICMP_SR_FAILED);
  EXPECT_EQ(icmp_unreachable::network_unknown, ICMP_NET_UNKNOWN);
  EXPECT_EQ(icmp_unreachable::host_unknown, ICMP_HOST_UNKNOWN);
  EXPECT_EQ(icmp_unreachable::source_host_isolated, ICMP_HOST_ISOLATED);
  EXPECT_EQ(icmp_unreachable::network_prohibited, ICMP_NET_ANO);
  EXPECT_EQ(icmp_unreachable::host_prohibited, ICMP_HOST_ANO);
  EXPECT_EQ(icmp_unreachable::network_for_type_of_service, ICMP_NET_UNR_TOS);
  EXPECT_EQ(icmp_unreachable::host_for_type_of_service, ICMP_HOST_UNR_TOS);
  EXPECT_EQ(icmp_unreachable::communication_prohibited, ICMP_PKT_FILTERED);
  EXPECT_EQ(icmp_unreachable::host_precedence_violation, ICMP_PREC_VIOLATION);
  EXPECT_EQ(icmp_unreachable::precedence_cutoff, ICMP_PREC_CUTOFF);
  EXPECT_EQ(icmp_redirect::network, ICMP_REDIR_NET);
  EXPECT_EQ(icmp_redirect::host, ICMP_REDIR_HOST);
  EXPECT_EQ(icmp_redirect::type_of_service_and_network, ICMP_REDIR_NETTOS);
  EXPECT_EQ(icmp_redirect::type_of_service_and_host, ICMP_REDIR_HOSTTOS);
  EXPECT_EQ(icmp_time_exceeded::in_transit, ICMP_EXC_TTL);
  EXPECT_EQ(icmp_time_exceeded::reassembly, ICMP_EXC_FRAGTIME);
}

TEST(Numbers, OfIpv4AreTheCLibrarys) {
  EXPECT_EQ(ipv4_option::end_of_list, IPOPT_EOL);
  EXPECT_EQ(ipv4_option::no_operation, IPOPT_NOP);
  EXPECT_EQ(ipv4_option::record_route, IPOPT_RR);
  EXPECT_EQ(ipv4_option::timestamp, IPOPT_TS);
  EXPECT_EQ(ipv4_option::security, IPOPT_SECURITY);
  EXPECT_EQ(ipv4_option::loose_source_route, IPOPT_LSRR);
  EXPECT_EQ(ipv4_option::stream_identifier, IPOPT_SATID);
  EXPECT_EQ(ipv4_option::strict_source_route, IPOPT_SSRR);
  EXPECT_EQ(ipv4_option::router_alert, IPOPT_RA);
  EXPECT_EQ(ipv4_type_of_service::low_delay, IPTOS_LOWDELAY);
  EXPECT_EQ(ipv4_type_of_service::throughput, IPTOS_THROUGHPUT);
  EXPECT_EQ(ipv4_type_of_service::reliability, IPTOS_RELIABILITY);
  EXPECT_EQ(ipv4_type_of_service::low_cost, IPTOS_LOWCOST);
  EXPECT_EQ(ipv4_fragment::reserved_flag, IP_RF);
  EXPECT_EQ(ipv4_fragment::dont_fragment, IP_DF);
  EXPECT_EQ(ipv4_fragment::more_fragments, IP_MF);
  EXPECT_EQ(ipv4_fragment::offset_mask, IP_OFFMASK);
}

}  // namespace
}  // namespace weir::wire
