// Headers to be written, by name: every field at its limits, what is refused, and that decoded
// headers have the names and values of the packet record.
#include "weir/record/header_fields.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "support/hex.h"
#include "weir/record/header_row.h"

namespace weir::record {
namespace {

using test::hex;
using wire::AnyFields;

std::string full_name(const FieldsFormat& format, const SettableField& field) {
  return std::string{format.name} + '.' + std::string{field.description.name};
}

bool is_integer(const SettableField& field) { return field.description.kind == FieldKind::integer; }

TEST(HeaderFields, HoldTheirLimitsAndNothingBeyond) {
  for (const FieldsFormat& format : fields_formats()) {
    for (const SettableField& field : format.fields) {
      if (!is_integer(field)) continue;
      AnyFields header = format.defaults;
      const std::uint64_t max = field.max / field.step * field.step;
      for (const std::uint64_t value : {field.step, max}) {
        EXPECT_FALSE(field.set(header, value)) << full_name(format, field) << value;
        EXPECT_EQ(field.read(header), Value{value}) << full_name(format, field);
        std::vector<std::uint8_t> bytes(wire::header_length(header));
        const auto written =
            std::visit([&](const auto& fields) { return fields.write(bytes, {}); }, header);
        EXPECT_TRUE(written) << full_name(format, field) << value;
      }
      for (const Value& value : {Value{max + field.step}, Value{-1}}) {
        EXPECT_EQ(field.set(header, value), FieldError::out_of_range) << full_name(format, field);
      }
      if (field.step != 1) {
        EXPECT_EQ(field.set(header, field.step + 1), FieldError::out_of_range);
      }
      EXPECT_EQ(field.read(header), Value{max}) << full_name(format, field);
    }
  }
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

// What a record shows and cannot be set by that name, by its header: it is told by other fields, or
// stands behind the header.
const std::set<std::string> only_read{
    "ipv6.hopopts.options",      "ipv6.hopopts.jumbo_payload_length",
    "ipv6.routing.routing_type", "ipv6.routing.segments_left",
    "ipv6.routing.addresses",    "icmpv6.target"};

TEST(HeaderFields, HaveTheNamesAndValuesOfDecodedHeaders) {
  using namespace wire;  // NOLINT(google-build-using-namespace): many Fields
  const auto octets = hex("01 02 03 04 05 06");
  const auto options = hex("02 04 05 b4");
  const Bytes six{octets};
  const std::vector<std::vector<AnyFields>> stacks{
      {EthernetFields{}, VlanFields{.priority = 3, .identifier = 7},
       Ipv4Fields{.type_of_service = 0xb9, .options = options},
       TcpFields{.destination_port = 80, .flags = 2, .options = options}},
      {EthernetFields{}, ITagFields{.service_identifier = 5}},
      {EthernetFields{}, MplsFields{.label = 16}, Ipv6Fields{.flow_label = 9}, UdpFields{},
       VxlanFields{.identifier = 77}, EthernetFields{}, ArpFields{}},
      {EthernetFields{}, ArpFields{.sender_hardware = six,
                                   .sender_protocol = six.first(4),
                                   .target_hardware = six,
                                   .target_protocol = six.first(4)}},
      {EthernetFields{}, Ipv4Fields{}, IcmpFields{.rest_of_header = 0x00010002}},
      {EthernetFields{}, Ipv4Fields{}, IcmpFields{.type = IcmpType::redirect}},
      {EthernetFields{}, Ipv4Fields{}, IcmpFields{.type = IcmpType::parameter_problem}},
      {EthernetFields{}, Ipv4Fields{},
       IcmpFields{.type = IcmpType::destination_unreachable, .code = 4, .rest_of_header = 1400}},
      {EthernetFields{}, Ipv6Fields{}, Ipv6ExtensionFields{.protocol = ip_protocol::hop_by_hop},
       Ipv6ExtensionFields{.protocol = ip_protocol::ipv6_routing}, Ipv6FragmentFields{},
       Icmpv6Fields{.rest_of_header = 0x00010002}},
      {EthernetFields{}, Ipv6Fields{}, Icmpv6Fields{.type = Icmpv6Type::packet_too_big}},
      {EthernetFields{}, Ipv6Fields{}, Icmpv6Fields{.type = Icmpv6Type::parameter_problem}},
      {EthernetFields{}, Ipv6Fields{}, NeighborFields{}}};
  std::array<std::uint8_t, 512> buffer;
  std::set<std::string> missing;
  std::size_t equal = 0;
  for (const auto& stack : stacks) {
    const auto frame = build(buffer, stack, {});
    ASSERT_TRUE(frame);
    const Packet packet{.data = *frame, .wire_length = static_cast<std::uint32_t>(frame->size())};
    const Layers layers = decode(packet);
    EXPECT_EQ(layers.size(), stack.size());
    for (const Layer& layer : layers) {
      const HeaderRow row{packet, layers, layer};
      const auto header = fields_of(packet, layers, layer);
      ASSERT_TRUE(header);
      const auto fields = row.format().fields();
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto value = value_of(*header, fields[i].name);
        if (!value) {
          missing.insert(std::string{row.format().name()} + '.' + std::string{fields[i].name});
          continue;
        }
        const SettableField& settable = *format_of(*header)->find(fields[i].name);
        if (settable.description.kind == FieldKind::hex) {
          EXPECT_TRUE(std::holds_alternative<Bytes>(value->content())) << fields[i].name;
          continue;
        }
        // That of IPv4 is told by the options.
        if (!value->has_value() && fields[i].name == "header_length") continue;
        if (!row.value(i).has_value()) continue;
        EXPECT_EQ(*value, row.value(i)) << row.format().name() << '.' << fields[i].name;
        ++equal;
      }
    }
  }
  EXPECT_EQ(missing, only_read);
  EXPECT_GT(equal, 200U);
}

}  // namespace
}  // namespace weir::record
