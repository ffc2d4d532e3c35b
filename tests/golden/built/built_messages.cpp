// Messages of the protocols that have writers of their own: DNS, DHCP, NetFlow, IGMP, neighbour
// discovery, TLS.
#include "built.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns_writer.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp_version_3.h"
#include "weir/wire/netflow.h"
#include "weir/wire/netflow_record.h"
#include "weir/wire/netflow_v9.h"
#include "weir/wire/tls.h"

namespace weir::wire::built {
namespace {

const UdpFields reply{.source_port = dns_port, .destination_port = 50'001};

void add_dns(Capture& to) {
  constexpr std::array<std::string_view, 2> strings{"v=spf1", "-all"};
  std::array<std::uint8_t, 1024> buffer{};
  DnsWriter writer{buffer, {.id = 5, .is_response = true}};
  (void)writer.add(DnsQuestionFields{.name = "www.example.com"});
  const auto answer = [&](std::string_view name, std::optional<DnsType> type, const DnsData& data) {
    (void)writer.add(DnsSection::answer,
                     {.name = name, .type = type, .time_to_live = 60, .data = data});
  };
  answer("www.example.com", {}, DnsNameData{"web.example.com"});
  answer("web.example.com", {}, Ipv4Address{{192, 0, 2, 1}});
  answer("web.example.com", {}, ip6.source);
  answer("old.example.com", DnsType::dname, DnsNameData{"example.com"});
  answer("example.com", {}, DnsMailExchangeData{10, "mail.example.com"});
  answer("_sip._udp.example.com", {}, DnsServiceData{1, 2, 5060, "sip.example.com"});
  answer("example.com", {},
         DnsStartOfAuthorityData{"ns.example.com", "host.example.com", 1, 2, 3, 4, 5});
  answer("example.com", {}, DnsTextData{strings});
  (void)writer.add(DnsSection::additional, {.data = DnsExtensionData{}});
  to.add("eth:ethertype:ip:udp:dns", "", eth, ip4, reply, writer.message());
}

void add_dhcp(Capture& to) {
  constexpr std::array<std::uint8_t, 1> request{3};
  constexpr std::array<std::uint8_t, 4> address{192, 0, 2, 9};
  const std::array options{DhcpOption{dhcp_option::message_type, request},
                           DhcpOption{dhcp_option::requested_address, address},
                           DhcpOption{dhcp_option::server_identifier, address}};
  std::array<std::uint8_t, 64> vendor{};
  const Written length = write_dhcp_options(vendor, options);
  to.add("eth:ethertype:ip:udp:dhcp", "", eth, ip4, UdpFields{.source_port = 68},
         DhcpFields{.xid = 7,
                    .chaddr = Bytes{eth.source.octets},
                    .vendor = Bytes{vendor}.first(length.value_or(0))});
}

void add_netflow(Capture& to) {
  const NetflowRecord record{.srcaddr = ip4.source, .dstaddr = ip4.destination, .packets = 1};
  std::array<std::uint8_t, 96> records{};
  (void)record.write(5, records);
  (void)record.write(5, MutableBytes{records}.subspan(48));
  to.add("eth:ethertype:ip:udp:cflow", "", eth, ip4, tunnel,
         NetflowFields{.unix_secs = 1'700'000'000}, records);
  // A template, two records of it and padding; the count is left open.
  constexpr std::array fields{NetflowTemplateField{8, 4}, NetflowTemplateField{1, 4},
                              NetflowTemplateField{11, 2}};
  std::array<std::uint8_t, 16> body{};
  (void)write_netflow_template(body, 256, fields);
  std::array<std::uint8_t, 44> sets{};
  (void)NetflowFlowSet{.id = NetflowFlowSet::templates, .body = body}.write(sets);
  const std::array<std::uint8_t, 20> flows{192, 0, 2, 1, 0, 0, 5, 220, 0, 53,
                                           192, 0, 2, 2, 0, 0, 0, 64,  0, 53};
  (void)NetflowFlowSet{.id = 256, .body = flows}.write(MutableBytes{sets}.subspan(20));
  to.add("eth:ethertype:ip:udp:cflow", "", eth, ip4, tunnel,
         NetflowFields{.version = 9, .unix_secs = 1'700'000'000}, sets);
}

void add_groups_and_neighbors(Capture& to) {
  const std::array sources{ip4.source, ip4.destination};
  const std::array records{
      IgmpGroupRecordFields{.multicast_address = {{232, 0, 1, 2}}, .sources = sources},
      IgmpGroupRecordFields{.type = IgmpRecordType::change_to_exclude,
                            .multicast_address = {{232, 0, 1, 3}}}};
  to.add("eth:ethertype:ip:igmp:igmp", "", eth, ip4,
         IgmpQueryFields{.group = {{232, 0, 1, 2}}, .sources = sources});
  to.add("eth:ethertype:ip:igmp:igmp", "", eth, ip4, IgmpReportFields{.records = records});
  const std::array<std::uint8_t, 8> link_layer_address{1, 1, 2, 0, 0, 0, 0, 2};
  Ipv6Fields local = ip6;
  local.hop_limit = 255;
  to.add("eth:ethertype:ipv6:icmpv6", "", eth, local,
         NeighborFields{.type = Icmpv6Type::neighbor_solicitation, .target = ip6.destination},
         link_layer_address);
  to.add("eth:ethertype:ipv6:icmpv6", "", eth, local,
         RouterAdvertisementFields{.current_hop_limit = 64, .router_lifetime = 1800},
         link_layer_address);
}

}  // namespace

void add_messages(Capture& to) {
  add_dns(to);
  add_dhcp(to);
  add_netflow(to);
  add_groups_and_neighbors(to);
  TcpFields to_server = tcp;
  to_server.destination_port.reset();
  to.add("eth:ethertype:ip:tcp:tls", "", eth, ip4, to_server,
         TlsRecordFields{.content_type = TlsContentType::alert}, std::array<std::uint8_t, 2>{1, 0});
}

}  // namespace weir::wire::built
