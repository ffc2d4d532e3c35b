// Headers to be written, by name: every field at its limits, what is refused, and that decoded
// headers have the names and values of the packet record.
#include "weir/record/header_fields.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/hex.h"
#include "weir/record/header_row.h"
#include "weir/stored_link_type.h"

namespace weir::record {
namespace {

using test::hex;
using wire::AnyFields;

std::string full_name(const FieldsFormat& format, const SettableField& field) {
  return std::string{format.name} + '.' + std::string{field.description.name};
}

bool is_integer(const SettableField& field) { return field.description.kind == FieldKind::integer; }

template <std::size_t... index>
std::vector<AnyFields> every_alternative(std::index_sequence<index...>) {
  return {AnyFields{std::in_place_index<index>}...};
}

TEST(HeaderFields, AreSettableOfEveryAlternative) {
  constexpr std::size_t count = std::variant_size_v<wire::FieldsVariant>;
  for (const AnyFields& header : every_alternative(std::make_index_sequence<count>{})) {
    const FieldsFormat* const format = format_of(header);
    ASSERT_NE(format, nullptr) << header.index();
    EXPECT_EQ(format->defaults.index(), header.index());
    EXPECT_FALSE(format->fields.empty()) << format->name;
  }
  EXPECT_EQ(fields_formats().size(), count);
}

// Limits that a header has only together with other values, or that hide numbers which are none.
const std::set<std::string> written_with_others{
    "LLC.control",        // 16 bits whose first byte says that there are 8
    "NetFlow.version",    // 1, 5, 7 and 9 only
    "ARCNET.split_flag",  // 0xff is the exception form
    "FrameRelay.dlci",    // with address_length, as the next one
    "FrameRelay.core_control"};

TEST(HeaderFields, HoldTheirLimitsAndNothingBeyond) {
  std::set<std::string> unwritten;
  for (const FieldsFormat& format : fields_formats()) {
    for (const SettableField& field : format.fields) {
      if (!is_integer(field)) continue;
      AnyFields header = format.defaults;
      const std::uint64_t max = field.max / field.step * field.step;
      const bool has_sign = field.min < 0;
      const Value least = has_sign        ? Value{field.min}
                          : field.min > 0 ? Value{static_cast<std::uint64_t>(field.min)}
                                          : Value{field.step};
      for (const Value& value : {least, Value{max}}) {
        EXPECT_FALSE(field.set(header, value)) << full_name(format, field);
        EXPECT_EQ(field.read(header), value) << full_name(format, field);
        std::vector<std::uint8_t> bytes(wire::header_length(header));
        const auto written =
            std::visit([&](const auto& fields) { return fields.write(bytes, {}); }, header);
        if (!written) unwritten.insert(full_name(format, field));
      }
      EXPECT_EQ(field.set(header, Value{field.min - 1}), FieldError::out_of_range)
          << full_name(format, field);
      if (max != std::numeric_limits<std::uint64_t>::max()) {
        EXPECT_EQ(field.set(header, max + field.step), FieldError::out_of_range)
            << full_name(format, field);
      }
      if (field.step != 1) {
        EXPECT_EQ(field.set(header, field.step + 1), FieldError::out_of_range);
      }
      EXPECT_EQ(field.read(header), Value{max}) << full_name(format, field);
    }
  }
  EXPECT_EQ(unwritten, written_with_others);
}

TEST(HeaderFields, KeepOctetsThatZerosFillUp) {
  AnyFields header = wire::SllFields{};
  const auto octets = hex("02 00 00 00 00 00");
  EXPECT_TRUE(set(header, "address", Bytes{octets}));
  EXPECT_EQ(value_of(header, "address"), Value{Bytes{octets}.first(1)});
  EXPECT_TRUE(set(header, "address_length", std::uint64_t{6}));
  EXPECT_EQ(value_of(header, "address"), Value{Bytes{octets}});
  // What stands beyond the length is kept, and what is borrowed from the header itself.
  std::get<wire::SllFields>(header).address[7] = 9;
  const Value all = *value_of(header, "address");
  EXPECT_EQ(all, Value{Bytes{hex("02 00 00 00 00 00 00 09")}});
  EXPECT_TRUE(set(header, "address", all));
  EXPECT_EQ(value_of(header, "address"), Value{Bytes{hex("02 00 00 00 00 00 00 09")}});
  EXPECT_EQ(set(header, "address", Bytes{hex("01 02 03 04 05 06 07 08 09")}).error(),
            FieldError::out_of_range);
  AnyFields tap = wire::PktapFields{};
  EXPECT_TRUE(set(tap, "interface_name", Bytes{hex("65 6e 30 00 61")}));
  EXPECT_EQ(value_of(tap, "interface_name"), Value{Bytes{hex("65 6e 30 00 61")}});
  EXPECT_TRUE(set(tap, "interface_name", Bytes{hex("65 6e 30")}));
  EXPECT_EQ(value_of(tap, "interface_name"), Value{Bytes{hex("65 6e 30")}});
}

TEST(HeaderFields, HaveASignWhereTheyAreBelowZero) {
  AnyFields header = wire::AvsFields{};
  EXPECT_TRUE(set(header, "ssi_signal", -70));
  EXPECT_EQ(std::get<wire::AvsFields>(header).ssi_signal, -70);
  EXPECT_EQ(value_of(header, "ssi_signal"), Value{-70});
  EXPECT_EQ(set(header, "ssi_signal", std::int64_t{-1} << 32).error(), FieldError::out_of_range);
  EXPECT_EQ(set(header, "ssi_signal", true).error(), FieldError::wrong_kind);
  EXPECT_EQ(value_of(header, "ssi_signal"), Value{-70});
}

TEST(HeaderFields, RefuseValuesOfOtherKinds) {
  const auto bytes = hex("01 02 03");
  const std::array values{Value{std::uint64_t{1}}, Value{true},          Value{MacAddress{}},
                          Value{Ipv4Address{}},    Value{Ipv6Address{}}, Value{Bytes{bytes}},
                          Value{"text"},           Value{1.5},           Value{Timestamp{}}};
  for (const FieldsFormat& format : fields_formats()) {
    for (const SettableField& field : format.fields) {
      int accepted = 0;
      for (const Value& value : values) {
        AnyFields header = format.defaults;
        const auto error = field.set(header, value);
        if (!error) {
          ++accepted;
          EXPECT_EQ(field.read(header), value) << full_name(format, field);
        } else if (*error != FieldError::out_of_range) {
          EXPECT_EQ(*error, FieldError::wrong_kind) << full_name(format, field);
          EXPECT_EQ(field.read(header), field.read(format.defaults)) << full_name(format, field);
        } else {
          ++accepted;  // of the right kind
        }
      }
      EXPECT_EQ(accepted, 1) << full_name(format, field);
    }
  }
}

TEST(HeaderFields, AreLeftOpenWhereTheyAreFilledIn) {
  int open = 0;
  for (const FieldsFormat& format : fields_formats()) {
    for (const SettableField& field : format.fields) {
      AnyFields header = format.defaults;
      const auto error = field.set(header, {});
      if (!field.may_be_open) {
        EXPECT_EQ(error, FieldError::not_left_open) << full_name(format, field);
        continue;
      }
      ++open;
      EXPECT_FALSE(error) << full_name(format, field);
      EXPECT_FALSE(field.read(header).has_value()) << full_name(format, field);
      EXPECT_FALSE(field.read(format.defaults).has_value()) << full_name(format, field);
    }
  }
  EXPECT_GT(open, 20);
}

TEST(HeaderFields, HaveNamesOfTheirOwn) {
  std::set<std::string_view> formats;
  for (const FieldsFormat& format : fields_formats()) {
    EXPECT_TRUE(formats.insert(format.name).second) << format.name;
    EXPECT_EQ(format_of(format.defaults), &format);
    std::set<std::string_view> fields;
    for (const SettableField& field : format.fields) {
      EXPECT_TRUE(fields.insert(field.description.name).second) << full_name(format, field);
      EXPECT_EQ(format.find(field.description.name), &field);
    }
    EXPECT_EQ(format.find(""), nullptr);
  }
}

TEST(HeaderFields, AreSetByName) {
  AnyFields header = wire::Ipv4Fields{};
  EXPECT_TRUE(set(header, "ttl", std::uint64_t{3}));
  EXPECT_TRUE(set(header, "src", Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_TRUE(set(header, "dscp", std::uint64_t{46}));
  EXPECT_TRUE(set(header, "ecn", std::uint64_t{1}));
  EXPECT_EQ(set(header, "tll", std::uint64_t{3}).error(), FieldError::unknown_name);
  EXPECT_EQ(set(header, "ttl", std::uint64_t{256}).error(), FieldError::out_of_range);
  EXPECT_EQ(set(header, "source", Ipv6Address{}).error(), FieldError::wrong_kind);
  EXPECT_EQ(set(header, "ttl", {}).error(), FieldError::not_left_open);
  EXPECT_EQ(value_of(header, "source"), Value{(Ipv4Address{{192, 0, 2, 1}})});
  EXPECT_EQ(value_of(header, "tll").error(), FieldError::unknown_name);
  const auto& ipv4 = std::get<wire::Ipv4Fields>(header);
  EXPECT_EQ(ipv4.ttl, 3);
  EXPECT_EQ(ipv4.type_of_service, 46 << 2 | 1);
  EXPECT_EQ(name(FieldError::not_left_open), "not_left_open");
}

TEST(HeaderFields, NameTheRestOfAnIcmpHeader) {
  AnyFields echo = wire::IcmpFields{};
  EXPECT_TRUE(set(echo, "identifier", std::uint64_t{0x1234}));
  EXPECT_TRUE(set(echo, "sequence_number", std::uint64_t{0x5678}));
  EXPECT_EQ(std::get<wire::IcmpFields>(echo).rest_of_header, 0x12345678U);
  EXPECT_TRUE(set(echo, "gateway", Ipv4Address{{192, 0, 2, 9}}));
  EXPECT_EQ(std::get<wire::IcmpFields>(echo).rest_of_header, 0xc0000209U);
  EXPECT_TRUE(set(echo, "pointer", std::uint64_t{20}));
  EXPECT_EQ(std::get<wire::IcmpFields>(echo).rest_of_header, 0x14000209U);
  AnyFields too_big = wire::Icmpv6Fields{.type = wire::Icmpv6Type::packet_too_big};
  EXPECT_TRUE(set(too_big, "mtu", std::uint64_t{1280}));
  EXPECT_EQ(std::get<wire::Icmpv6Fields>(too_big).rest_of_header, 1280U);
}

// What a record shows and cannot be set by that name, by its header: it is told by other fields,
// stands behind the header, or is the same in all of them.
const std::set<std::string> only_read{"cflow.flow_sets",
                                      "cflow.records",
                                      "dhcp.domain_name",
                                      "dhcp.host_name",
                                      "dhcp.lease_time",
                                      "dhcp.message_type",
                                      "dhcp.name_servers",
                                      "dhcp.options",
                                      "dhcp.requested_address",
                                      "dhcp.routers",
                                      "dhcp.server_identifier",
                                      "dhcp.subnet_mask",
                                      "dns.answers",
                                      "dns.questions",
                                      "icmpv6.target",
                                      "igmp.group_record_count",
                                      "igmp.group_records",
                                      "igmp.max_response_time",
                                      "igmp.querier_query_interval",
                                      "igmp.querier_robustness",
                                      "igmp.sources",
                                      "igmp.suppress_router_processing",
                                      "igmp.version",
                                      "ipv6.hopopts.jumbo_payload_length",
                                      "ipv6.hopopts.options",
                                      "ipv6.routing.addresses",
                                      "ipv6.routing.routing_type",
                                      "ipv6.routing.segments_left",
                                      "macsec.encrypted",
                                      "nflog.version",
                                      "ppi.version",
                                      "radiotap.version",
                                      "sctp.chunks",
                                      "slip.sent",
                                      "tls.server_name",
                                      "wlan.addresses",
                                      "wlan.version"};

// Messages of ICMPv6 are decoded as ICMPv6.
const std::set<std::string_view> never_decoded{"Neighbor", "RouterAdvertisement"};

struct Stack {
  std::vector<AnyFields> headers;
  LinkType link_type = LinkType::ethernet;
};

Bytes six_octets() {
  static const auto octets = hex("02 04 05 06 07 08");
  return octets;
}

Bytes four_octets() { return six_octets().first(4); }

std::vector<Stack> network_stacks() {
  using namespace wire;  // NOLINT(google-build-using-namespace): many Fields
  const Bytes options = four_octets();
  return {
      {{EthernetFields{}, VlanFields{.priority = 3, .identifier = 7},
        Ipv4Fields{.type_of_service = 0xb9, .options = options},
        TcpFields{.destination_port = 80, .flags = 2, .options = options}}},
      {{EthernetFields{}, ITagFields{.service_identifier = 5}}},
      {{EthernetFields{}, MplsFields{.label = 16}, Ipv6Fields{.flow_label = 9}, UdpFields{},
        VxlanFields{.identifier = 77}, EthernetFields{}, ArpFields{}}},
      {{EthernetFields{}, ArpFields{.sender_hardware = six_octets(),
                                    .sender_protocol = four_octets(),
                                    .target_hardware = six_octets(),
                                    .target_protocol = four_octets()}}},
      {{EthernetFields{}, Ipv4Fields{}, IcmpFields{.rest_of_header = 0x00010002}}},
      {{EthernetFields{}, Ipv4Fields{}, IcmpFields{.type = IcmpType::redirect}}},
      {{EthernetFields{}, Ipv4Fields{}, IcmpFields{.type = IcmpType::parameter_problem}}},
      {{EthernetFields{}, Ipv4Fields{},
        IcmpFields{.type = IcmpType::destination_unreachable, .code = 4, .rest_of_header = 1400}}},
      {{EthernetFields{}, Ipv6Fields{}, Ipv6ExtensionFields{.protocol = ip_protocol::hop_by_hop},
        Ipv6ExtensionFields{.protocol = ip_protocol::ipv6_routing}, Ipv6FragmentFields{},
        Icmpv6Fields{.rest_of_header = 0x00010002}}},
      {{EthernetFields{}, Ipv6Fields{}, Ipv6MobilityFields{.message_type = 1}}},
      {{EthernetFields{}, Ipv6Fields{}, Icmpv6Fields{.type = Icmpv6Type::packet_too_big}}},
      {{EthernetFields{}, Ipv6Fields{}, Icmpv6Fields{.type = Icmpv6Type::parameter_problem}}},
      {{EthernetFields{}, Ipv6Fields{}, NeighborFields{}}}};
}

std::vector<Stack> tag_and_tunnel_stacks() {
  using namespace wire;  // NOLINT(google-build-using-namespace): many Fields
  const EthernetFields ethernet{};
  const Ipv4Fields ipv4{};
  const UdpFields udp{};
  const GreFields gre{.has_checksum = true, .has_key = true, .has_sequence_number = true, .key = 7};
  const GreFields point_to_point{
      .has_key = true, .has_sequence_number = true, .has_acknowledgment = true, .version = 1};
  const MacsecFields secure{.has_secure_channel = true, .encryption = true, .secure_channel = 9};
  return {
      {{ethernet, LlcFields{}, SnapFields{}, ipv4}},
      {{ethernet, VnTagFields{.is_downstream = true}, ipv4}},
      {{ethernet, ETagFields{.channel = 9}, ipv4}},
      {{ethernet, RTagFields{.sequence_number = 8}, ipv4}},
      {{ethernet, HsrFields{.path = 2}, ipv4}},
      {{ethernet, MacsecFields{.is_end_station = true, .type_or_length = 0x88b5}}},
      {{ethernet, secure}},
      {{ethernet, CiscoMetadataFields{.security_group = 5}, ipv4}},
      {{ethernet, TrillFields{.egress = 2, .options = four_octets()}, ethernet}},
      {{ethernet, PppoeFields{.session_identifier = 4}, PppFields{}, ipv4}},
      {{ethernet, NshFields{.service_path_identifier = 6, .context = four_octets()}, ipv4}},
      {{ethernet, ipv4, gre, ipv4}},
      {{ethernet, ipv4, point_to_point, PppFields{}, ipv4}},
      {{ethernet, ipv4, GreFields{.has_sequence_number = true},
        ErspanFields{.vlan = 5, .is_truncated = true}, ethernet}},
      {{ethernet, ipv4, udp, GeneveFields{.is_control = true, .identifier = 3}}},
      {{ethernet, ipv4, udp,
        GtpFields{.has_sequence_number = true, .has_n_pdu_number = true, .n_pdu_number = 4}, ipv4}},
      {{ethernet, ipv4, udp, TeredoFields{.has_authentication = true, .has_origin = true},
        Ipv6Fields{}}},
      {{ethernet, ipv4, udp,
        L2tpFields{.has_length = true, .has_sequence = true, .has_offset = true}, PppFields{},
        ipv4}},
      {{ethernet, ipv4, EtherIpFields{}, ethernet}},
      {{ethernet, ipv4, AhFields{.integrity_check_value = four_octets()}, udp}},
      {{ethernet, ipv4, EspFields{.sequence_number = 3}}}};
}

std::vector<Stack> transport_and_application_stacks() {
  using namespace wire;  // NOLINT(google-build-using-namespace): many Fields
  const EthernetFields ethernet{};
  const Ipv4Fields ipv4{};
  const UdpFields udp{};
  return {{{ethernet, ipv4, UdpLiteFields{.source_port = 5}}},
          {{ethernet, ipv4, SctpFields{.verification_tag = 8}}},
          {{ethernet, ipv4, DccpFields{.sequence_number = 9, .rest_of_header = four_octets()}}},
          {{ethernet, ipv4, IgmpFields{.max_response_code = 100}}},
          {{ethernet, ipv4, udp, DnsFields{.id = 5, .is_response = true}}},
          {{ethernet, ipv4, udp, DhcpFields{.xid = 7, .chaddr = six_octets()}}},
          {{ethernet, ipv4, udp, NetflowFields{.engine_id = 4}}},
          {{ethernet, ipv4, udp, NetflowFields{.version = 9, .source_id = 4}}},
          {{ethernet, ipv4, TcpFields{}, TlsRecordFields{}}}};
}

std::vector<Stack> link_stacks() {
  using namespace wire;  // NOLINT(google-build-using-namespace): many Fields
  const EthernetFields ethernet{};
  const Ipv4Fields ipv4{};
  const WlanFields data{.subtype = 8, .to_ds = true, .is_protected = true, .qos_control = 3};
  return {{{TokenRingFields{}, LlcFields{}, SnapFields{}, ipv4}, LinkType::token_ring},
          {{FddiFields{}, LlcFields{}, SnapFields{}, ipv4}, LinkType::fddi},
          {{ArcnetFields{.source = 3}, ipv4}, LinkType::arcnet},
          {{SlipFields{}, ipv4}, LinkType::slip},
          {{PppFields{}, ipv4}, LinkType::ppp},
          {{CiscoHdlcFields{}, ipv4}, LinkType::c_hdlc},
          {{FrameRelayFields{.dlci = 100, .discard_eligible = true}, ipv4}, LinkType::frame_relay},
          {{SllFields{.address_length = 6, .address = {2, 1}}, ipv4}, LinkType::linux_sll},
          {{Sll2Fields{.interface_index = 3}, ipv4}, LinkType::linux_sll2},
          {{NullFields{}, ipv4}, LinkType::null},
          {{IpoibFields{}, ipv4}, link_types::ipoib},
          {{NflogFields{.resource_identifier = 5}, ipv4}, LinkType::nflog},
          {{RadiotapFields{.flags = 2}, data}, LinkType::ieee802_11_radiotap},
          {{PrismFields{.device_name = {'w', 'l'}}, data}, LinkType::ieee802_11_prism},
          {{AvsFields{.channel = 6, .ssi_signal = -70}, data}, LinkType::ieee802_11_avs},
          {{PpiFields{}, ethernet, ipv4}, LinkType::ppi},
          {{PktapFields{.interface_name = {'e', 'n'}}, ethernet, ipv4}, LinkType::pktap}};
}

struct Compared {
  std::set<std::string> missing;
  std::set<std::size_t> seen;
  std::size_t equal = 0;
};

void compare(const HeaderRow& row, const AnyFields& header, Compared& to) {
  to.seen.insert(header.index());
  const auto fields = row.format().fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto value = value_of(header, fields[i].name);
    if (!value) {
      to.missing.insert(std::string{row.format().name()} + '.' + std::string{fields[i].name});
      continue;
    }
    const SettableField& settable = *format_of(header)->find(fields[i].name);
    if (settable.description.kind == FieldKind::hex) {
      EXPECT_TRUE(std::holds_alternative<Bytes>(value->content())) << fields[i].name;
      continue;
    }
    // That of IPv4 is told by the options.
    if (!value->has_value() && fields[i].name == "header_length") continue;
    if (!row.value(i).has_value()) continue;
    EXPECT_EQ(*value, row.value(i)) << row.format().name() << '.' << fields[i].name;
    ++to.equal;
  }
}

TEST(HeaderFields, HaveTheNamesAndValuesOfDecodedHeaders) {
  std::array<std::uint8_t, 512> buffer;
  Compared compared;
  for (const auto& group : {network_stacks(), tag_and_tunnel_stacks(),
                            transport_and_application_stacks(), link_stacks()}) {
    for (const Stack& stack : group) {
      const auto frame = wire::build(buffer, stack.headers, {});
      ASSERT_TRUE(frame);
      const Packet packet{.data = *frame,
                          .wire_length = static_cast<std::uint32_t>(frame->size()),
                          .link_type = stack.link_type};
      const wire::Layers layers = wire::decode(packet);
      EXPECT_EQ(layers.size(), stack.headers.size());
      for (const wire::Layer& layer : layers) {
        const auto header = wire::fields_of(packet, layers, layer);
        ASSERT_TRUE(header) << name(layer.protocol);
        compare(HeaderRow{packet, layers, layer}, *header, compared);
      }
    }
  }
  EXPECT_EQ(compared.missing, only_read);
  EXPECT_GT(compared.equal, 600U);
  for (const FieldsFormat& format : fields_formats()) {
    const bool is_seen = compared.seen.contains(format.defaults.index());
    EXPECT_NE(is_seen, never_decoded.contains(format.name)) << format.name;
  }
}

}  // namespace
}  // namespace weir::record
