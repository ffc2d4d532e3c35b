// Fields of DHCP messages and NetFlow exports.
#include <algorithm>

#include "record/packet_fields.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/netflow.h"
#include "weir/wire/netflow_record.h"
#include "weir/wire/netflow_v9.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

// Text up to the first zero; absent where it is empty.
Value text_of(Bytes bytes) {
  const auto end = std::ranges::find(bytes, std::uint8_t{0});
  if (end == bytes.begin()) return {};
  return std::string_view{reinterpret_cast<const char*>(bytes.data()),
                          static_cast<std::size_t>(end - bytes.begin())};
}

template <std::uint8_t code>
Value address_option(const DhcpView& message) {
  const auto data = message.option(code);
  return data ? Value{DhcpOption{code, *data}.address()} : Value{};
}

template <std::uint8_t code>
Value number_option(const DhcpView& message) {
  const auto data = message.option(code);
  return data ? Value{DhcpOption{code, *data}.number()} : Value{};
}

template <std::uint8_t code>
Value text_option(const DhcpView& message) {
  const auto data = message.option(code);
  return data ? text_of(*data) : Value{};
}

template <std::uint8_t code>
void address_options(ValueVisitor& to, const DhcpView& message) {
  const auto data = message.option(code);
  if (!data) return;
  to.begin_array();
  for (std::size_t at = 0; data->size() - at >= Ipv4Address::size; at += Ipv4Address::size) {
    to.value(Ipv4Address::load(data->data() + at));
  }
  to.end_array();
}

void write_options(ValueVisitor& to, const DhcpView& message) {
  if (!message.has_options()) return;
  to.begin_array();
  for (const DhcpOptionList& list :
       {message.options(), message.file_options(), message.sname_options()}) {
    for (const DhcpOption& option : list) {
      if (option.code == dhcp_option::pad || option.code == dhcp_option::end) continue;
      to.begin_object();
      to.member("code", std::uint64_t{option.code});
      to.member("data", option.data);
      to.end_object();
    }
  }
  to.end_array();
}

constexpr std::array dhcp{
    of<DhcpView, &DhcpView::op>("op", "1 request, 2 reply"),
    of<DhcpView, &DhcpView::htype>("htype", "ARP's hardware type; 1 is Ethernet"),
    of<DhcpView, &DhcpView::hlen>("hlen", "bytes of the hardware address"),
    of<DhcpView, &DhcpView::hops>("hops", "relay agents on the way"),
    of<DhcpView, &DhcpView::xid>("xid", "transaction identifier"),
    of<DhcpView, &DhcpView::secs>("secs", "seconds since the client began"),
    of<DhcpView, &DhcpView::flags>("flags", "0x8000: answer by broadcast"),
    of<DhcpView, &DhcpView::ciaddr>("ciaddr", "address the client has"),
    of<DhcpView, &DhcpView::yiaddr>("yiaddr", "address the client is given"),
    of<DhcpView, &DhcpView::siaddr>("siaddr", "next server"),
    of<DhcpView, &DhcpView::giaddr>("giaddr", "relay agent"),
    RecordField<DhcpView>{"chaddr", FieldKind::text, "MAC address if of six bytes, otherwise hex",
                          [](const DhcpView& message) -> Value {
                            const Bytes address = message.chaddr().first(message.hlen());
                            if (address.empty()) return {};
                            if (address.size() != MacAddress::size) return address;
                            return MacAddress::load(address.data());
                          }},
    RecordField<DhcpView>{"sname", FieldKind::text, "name of the server; absent where empty",
                          [](const DhcpView& message) -> Value {
                            if ((message.overload() & 2) != 0) return {};
                            return text_of(message.sname());
                          }},
    RecordField<DhcpView>{"file", FieldKind::text, "boot file; absent where empty",
                          [](const DhcpView& message) -> Value {
                            if ((message.overload() & 1) != 0) return {};
                            return text_of(message.file());
                          }},
    of<DhcpView, &DhcpView::message_type>(
        "message_type",
        "1 discover, 2 offer, 3 request, 4 decline, 5 ACK, 6 NAK, 7 release, 8 inform"),
    RecordField<DhcpView>{"requested_address", FieldKind::ip_address, "option 50",
                          address_option<dhcp_option::requested_address>},
    RecordField<DhcpView>{"server_identifier", FieldKind::ip_address, "option 54",
                          address_option<dhcp_option::server_identifier>},
    RecordField<DhcpView>{"lease_time", FieldKind::integer, "option 51, seconds",
                          number_option<dhcp_option::lease_time>},
    RecordField<DhcpView>{"host_name", FieldKind::text, "option 12",
                          text_option<dhcp_option::host_name>},
    RecordField<DhcpView>{"domain_name", FieldKind::text, "option 15",
                          text_option<dhcp_option::domain_name>},
    RecordField<DhcpView>{"subnet_mask", FieldKind::ip_address, "option 1",
                          address_option<dhcp_option::subnet_mask>},
    RecordField<DhcpView>{"routers", FieldKind::addresses, "option 3",
                          address_options<dhcp_option::router>},
    RecordField<DhcpView>{"name_servers", FieldKind::addresses, "option 6",
                          address_options<dhcp_option::domain_name_server>},
    RecordField<DhcpView>{"options", FieldKind::objects,
                          "`code` and `data` in hex; those in overloaded fields too, padding left "
                          "out; absent in BOOTP",
                          write_options}};

// A record has the same size on the wire and in JSON, but for a factor: no cap is needed.
void write_records(ValueVisitor& to, const NetflowView& packet) {
  if (netflow_record_length(packet.version()) == 0) return;
  to.begin_array();
  for (std::size_t i = 0; i < netflow_record_count(packet); ++i) {
    const auto record = NetflowRecord::read(packet, i);
    if (!record) break;
    to.begin_object();
    to.member("srcaddr", record->srcaddr);
    to.member("dstaddr", record->dstaddr);
    to.member("nexthop", record->nexthop);
    to.member("input", record->input);
    to.member("output", record->output);
    to.member("packets", record->packets);
    to.member("octets", record->octets);
    to.member("first", record->first);
    to.member("last", record->last);
    to.member("srcport", record->srcport);
    to.member("dstport", record->dstport);
    to.member("tcp_flags", record->tcp_flags);
    to.member("protocol", record->protocol);
    to.member("tos", record->tos);
    if (packet.version() != 1) {
      to.member("src_as", record->src_as);
      to.member("dst_as", record->dst_as);
      to.member("src_mask", record->src_mask);
      to.member("dst_mask", record->dst_mask);
    }
    if (packet.version() == 7) to.member("router", record->router);
    to.end_object();
  }
  to.end_array();
}

void write_flow_sets(ValueVisitor& to, const NetflowView& packet) {
  if (packet.version() != 9) return;
  to.begin_array();
  for (const NetflowFlowSet& set : NetflowFlowSetList{packet.payload()}) {
    to.begin_object();
    to.member("id", set.id);
    to.member("data", set.body);
    to.end_object();
  }
  to.end_array();
}

constexpr std::array netflow{
    of<NetflowView, &NetflowView::version>("version", "1, 5, 7 or 9"),
    of<NetflowView, &NetflowView::count>("count", "records, as the header says"),
    of<NetflowView, &NetflowView::sys_uptime>("sys_uptime",
                                              "milliseconds since the exporter booted"),
    of<NetflowView, &NetflowView::unix_secs>("unix_secs", "when it was sent"),
    of<NetflowView, &NetflowView::unix_nanoseconds>("unix_nanoseconds", "not in version 9"),
    of<NetflowView, &NetflowView::flow_sequence>(
        "flow_sequence", "flows sent before, in version 9 packets; not in version 1"),
    of<NetflowView, &NetflowView::engine_type>("engine_type", "of version 5"),
    of<NetflowView, &NetflowView::engine_id>("engine_id", "of version 5"),
    of<NetflowView, &NetflowView::sampling_mode>("sampling_mode", "of version 5; 0 none"),
    of<NetflowView, &NetflowView::sampling_interval>("sampling_interval",
                                                     "of version 5; one packet of so many"),
    of<NetflowView, &NetflowView::source_id>("source_id", "of version 9"),
    RecordField<NetflowView>{"records", FieldKind::objects,
                             "of versions 1, 5 and 7: `srcaddr`, `dstaddr`, `nexthop`, `input`, "
                             "`output`, `packets`, `octets`, `first`, `last`, `srcport`, "
                             "`dstport`, `tcp_flags`, `protocol`, `tos`, `src_as`, `dst_as`, "
                             "`src_mask`, `dst_mask`, `router`",
                             write_records},
    RecordField<NetflowView>{"flow_sets", FieldKind::objects,
                             "of version 9: `id` (0 templates, 1 options templates, from 256 on "
                             "records of that template) and `data` in hex",
                             write_flow_sets}};

constexpr std::array tables{
    entry<DhcpView, dhcp>(Protocol::dhcp, "DHCP (RFC 2131) and BOOTP (RFC 951)"),
    entry<NetflowView, netflow>(Protocol::netflow, "NetFlow versions 1, 5, 7 and 9 (RFC 3954)")};

}  // namespace

std::span<const ProtocolFields> service_fields() noexcept { return tables; }

}  // namespace weir::record
