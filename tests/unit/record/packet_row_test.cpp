// Packets as rows of typed fields.
#include "weir/record/packet_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/hex.h"
#include "weir/error.h"

namespace weir::record {
namespace {

using namespace std::chrono_literals;

/// What it was told, as text.
class Told final : public ValueVisitor {
 public:
  void begin_array() override { text += '['; }
  void end_array() override { text += ']'; }
  void begin_object() override { text += '{'; }
  void end_object() override { text += '}'; }
  void key(std::string_view name) override { text += std::string{name} + '='; }
  void value(const Value& value) override {
    const auto* const number = std::get_if<std::uint64_t>(&value.content());
    text += (number == nullptr ? "?" : std::to_string(*number)) + ',';
  }
  std::string text;
};

const auto segment = test::hex(
    "02 00 00 00 00 01 02 00 00 00 00 02 08 00"
    "45 00 00 2f 00 00 40 00 3d 06 00 00 c0 00 02 01 c6 33 64 02"
    "9c 40 01 bb 00 00 00 01 00 00 00 00 60 02 72 10 00 00 00 00 02 04 05 b4 01 02 03");

TEST(PacketRow, ReadsFieldsOfThePacketAndOfItsHeaders) {
  PacketRow row{{"number", "src", "dst_port", "ip.ttl", "tcp.source_port", "udp.source_port",
                 "time", "tcp.options", "eth.source"}};
  const Packet packet{.data = segment,
                      .timestamp = Timestamp{1s},
                      .wire_length = static_cast<std::uint32_t>(segment.size())};
  const wire::Layers layers = wire::decode(packet);
  const PacketPlace place{.number = 7};
  row.set(packet, layers, place);
  ASSERT_EQ(row.size(), 9U);
  EXPECT_EQ(row.value(0), Value{std::uint64_t{7}});
  EXPECT_EQ(row.value(1), Value{(Ipv4Address{192, 0, 2, 1})});
  EXPECT_EQ(row.value(2), Value{std::uint64_t{443}});
  EXPECT_EQ(row.value(3), Value{std::uint64_t{61}});
  EXPECT_EQ(row.value(4), Value{std::uint64_t{40000}});
  EXPECT_FALSE(row.value(5).has_value());
  EXPECT_EQ(row.value(6), Value{Timestamp{1s}});
  EXPECT_FALSE(row.value(7).has_value()) << "of several values";
  EXPECT_EQ(row.value(8), Value{(MacAddress{2, 0, 0, 0, 0, 2})});
  EXPECT_EQ(row.field(8).kind, FieldKind::mac_address);
  Told told;
  row.visit(7, told);
  EXPECT_EQ(told.text, "[{kind=2,maximum_segment_size=1460,}]");
  Told nothing;
  row.visit(0, nothing);
  EXPECT_EQ(nothing.text, "");
}

TEST(PacketRow, ReadsNoPortsInThePaddingBehindADatagram) {
  auto short_datagram = segment;
  short_datagram[17] = 20 + 3;
  const Packet packet{.data = short_datagram,
                      .wire_length = static_cast<std::uint32_t>(short_datagram.size())};
  const wire::Layers layers = wire::decode(packet);
  const PacketPlace place{.number = 1};
  PacketRow row{{"protocol", "src_port", "dst_port"}};
  row.set(packet, layers, place);
  EXPECT_EQ(row.value(0), Value{"tcp"});
  EXPECT_EQ(row.value(1), Value{std::uint64_t{40000}});
  EXPECT_FALSE(row.value(2).has_value());
}

TEST(PacketRow, NamesAFieldThatIsNotThere) {
  try {
    const PacketRow row{{"ip.ttl", "ip.tll"}};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(std::string{error.what()}.find("ip.tll"), std::string::npos);
  }
}

TEST(PacketRow, ReadsBothFormatsThatShareAName) {
  PacketRow row{{"sll.protocol", "sll.interface_index", "sll.packet_type"}};
  const auto cooked = test::hex("00 04 00 01 00 06 02 00 00 00 00 01 00 00 88 b5");
  const auto cooked2 = test::hex("88 b5 00 00 00 00 00 07 00 01 03 06 02 00 00 00 00 01 00 00");
  const auto values = [&row](Bytes bytes, LinkType link_type) {
    const Packet packet{.data = bytes,
                        .wire_length = static_cast<std::uint32_t>(bytes.size()),
                        .link_type = link_type};
    const wire::Layers layers = wire::decode(packet);
    const PacketPlace place{};
    row.set(packet, layers, place);
    return std::vector<Value>{row.value(0), row.value(1), row.value(2)};
  };
  EXPECT_EQ(values(cooked, LinkType::linux_sll), (std::vector<Value>{{0x88b5U}, {}, {4U}}));
  EXPECT_EQ(values(cooked2, LinkType::linux_sll2), (std::vector<Value>{{0x88b5U}, {7U}, {3U}}));
}

TEST(PacketRow, HasEveryFieldOnceAndEachOfTheKindItSays) {
  std::set<std::string_view> names;
  std::vector<std::string> all;
  for (const FieldDescription& field : packet_row_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    all.emplace_back(field.name);
  }
  EXPECT_GT(names.size(), 200U);
  PacketRow row{all};
  const Packet packet{.data = segment, .wire_length = static_cast<std::uint32_t>(segment.size())};
  const wire::Layers layers = wire::decode(packet);
  const PacketPlace place{.number = 1};
  row.set(packet, layers, place);
  std::size_t read = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Value value = row.value(i);
    if (!value.has_value()) continue;
    ++read;
    const bool is_integer = std::holds_alternative<std::uint64_t>(value.content());
    EXPECT_EQ(is_integer, row.field(i).kind == FieldKind::integer) << all[i];
  }
  EXPECT_GT(read, 30U);
}

TEST(Value, IsTypedAsWhatItIsMadeOf) {
  EXPECT_TRUE(std::holds_alternative<bool>(Value{true}.content()));
  EXPECT_TRUE(std::holds_alternative<std::uint64_t>(Value{std::uint8_t{3}}.content()));
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(Value{-3}.content()));
  EXPECT_TRUE(std::holds_alternative<double>(Value{0.5}.content()));
  EXPECT_TRUE(std::holds_alternative<std::string_view>(Value{"text"}.content()));
  EXPECT_TRUE(std::holds_alternative<std::string_view>(Value{std::string{"text"}}.content()));
  EXPECT_TRUE(std::holds_alternative<IpAddress>(Value{Ipv6Address{}}.content()));
  EXPECT_TRUE(std::holds_alternative<Bytes>(Value{Bytes{}}.content()));
  EXPECT_FALSE(Value{std::optional<std::uint16_t>{}}.has_value());
  EXPECT_EQ(Value{std::optional<std::uint16_t>{5}}, Value{5U});
  EXPECT_NE(Value{5U}, Value{5});
}

}  // namespace
}  // namespace weir::record
