// Fields of packets as columns: the same values as rows have.
#include "weir/record/column_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "support/hex.h"
#include "weir/error.h"
#include "weir/record/packet_row.h"

namespace weir::record {
namespace {

using namespace std::chrono_literals;

const auto segment = test::hex(
    "02 00 00 00 00 01 02 00 00 00 00 02 08 00"
    "45 00 00 2f 00 00 40 00 3d 06 00 00 c0 00 02 01 c6 33 64 02"
    "9c 40 01 bb 00 00 00 01 00 00 00 00 60 02 72 10 00 00 00 00 02 04 05 b4 01 02 03");
const auto datagram6 = test::hex(
    "02 00 00 00 00 01 02 00 00 00 00 02 86 dd"
    "60 00 00 00 00 09 11 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
    "00 35 30 39 00 09 00 00 78");
const auto unknown = test::hex("02 00 00 00 00 01 02 00 00 00 00 02 88 b5 01");

Packet packet_of(Bytes data, int second) {
  return {.data = data,
          .timestamp = Timestamp{std::chrono::seconds{second}},
          .wire_length = static_cast<std::uint32_t>(data.size() + 1),
          .flags = second == 5 ? PacketFlags::no_timestamp : PacketFlags::none,
          .direction = second % 3 == 0 ? Direction::out : Direction::unknown};
}

/// Kinds of packets in turn, so that fields come and go.
std::vector<Packet> packets_of(std::size_t count) {
  std::vector<Packet> packets;
  const Bytes kinds[] = {segment, datagram6, unknown, segment};
  for (std::size_t i = 0; i < count; ++i) {
    packets.push_back(packet_of(kinds[i % std::size(kinds)], static_cast<int>(i)));
  }
  return packets;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const FieldDescription& field : packet_row_fields()) names.emplace_back(field.name);
  return names;
}

TEST(ColumnReader, HasTheValuesOfRowsInEveryField) {
  const std::vector<std::string> names = all_names();
  const std::vector<Packet> packets = packets_of(200);
  std::vector<Interface> interfaces(1);
  interfaces.front().name = "eth0";
  ColumnReader reader{names};
  // Pieces that do not fit words of the bitmap.
  PacketPlace place{.number = 1, .file = "a.pcap", .interfaces = interfaces};
  for (std::size_t at = 0; at < packets.size(); at += 27) {
    place.number = at + 1;
    reader.add(std::span{packets}.subspan(at, std::min<std::size_t>(27, packets.size() - at)),
               place);
  }
  const ColumnBatch batch = reader.take();
  ASSERT_EQ(batch.rows, packets.size());
  PacketRow row{names};
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const wire::Layers layers = wire::decode(packets[i]);
    place.number = i + 1;
    row.set(packets[i], layers, place);
    for (std::size_t field = 0; field < names.size(); ++field) {
      const ColumnData& column = batch.columns[field];
      if (column.type == ColumnType::json) continue;
      ASSERT_EQ(column.value(i), row.value(field)) << names[field] << " of packet " << i;
    }
  }
}

TEST(ColumnReader, CountsWhatIsAbsent) {
  ColumnReader reader{{"len", "src_port", "tcp.flags"}};
  reader.add(packets_of(130), {.number = 1});
  const ColumnBatch batch = reader.take();
  EXPECT_EQ(batch.find("len")->absent, 0U);
  EXPECT_TRUE(batch.find("len")->validity.empty());
  EXPECT_EQ(batch.find("src_port")->absent, 32U);
  EXPECT_EQ(batch.find("src_port")->validity.size(), 24U);
  EXPECT_EQ(batch.find("tcp.flags")->absent, 32U + 33U);
  EXPECT_TRUE(batch.find("tcp.flags")->has_value(0));
  EXPECT_FALSE(batch.find("tcp.flags")->has_value(1));
  EXPECT_FALSE(batch.find("tcp.flags")->has_value(129));
  EXPECT_EQ(batch.find("tcp.window"), nullptr);
}

TEST(ColumnReader, MakesColumnsAsNarrowAsTheirValues) {
  ColumnReader reader{{"time", "len", "src", "src_port", "protocol", "ip.ttl", "tcp.flags",
                       "ip.source", "ipv6.source", "eth.source", "ip.dont_fragment",
                       "tls.server_name", "tcp.options", "time_ns"}};
  reader.add(packets_of(2), {.number = 1});
  const ColumnBatch batch = reader.take();
  std::vector<ColumnType> types;
  for (const ColumnData& column : batch.columns) types.push_back(column.type);
  EXPECT_EQ(types, (std::vector<ColumnType>{ColumnType::time, ColumnType::uint32, ColumnType::ip,
                                            ColumnType::uint16, ColumnType::word, ColumnType::uint8,
                                            ColumnType::uint16, ColumnType::ipv4, ColumnType::ipv6,
                                            ColumnType::mac, ColumnType::boolean, ColumnType::text,
                                            ColumnType::json, ColumnType::int64}));
  EXPECT_EQ(batch.find("len")->values.size(), 8U) << "two of four octets";
  EXPECT_EQ(batch.find("src")->text(0), "192.0.2.1");
  EXPECT_EQ(batch.find("src")->text(1), "2001:db8::1");
  EXPECT_EQ(batch.find("tcp.options")->text(0), R"([{"kind":2,"maximum_segment_size":1460}])");
  EXPECT_FALSE(batch.find("tcp.options")->has_value(1));
}

TEST(ColumnReader, BeginsAnewButKeepsTheNumbersOfWords) {
  ColumnReader reader{{"protocol", "number"}};
  reader.add(packets_of(1), {.number = 1});
  const ColumnBatch first = reader.take();
  EXPECT_EQ(first.find("protocol")->words, std::vector<std::string>{"tcp"});
  EXPECT_EQ(reader.rows(), 0U);
  const std::vector<Packet> two = packets_of(2);
  reader.add(std::span{two}.subspan(1), {.number = 8});
  const ColumnBatch second = reader.take();
  EXPECT_EQ(second.rows, 1U);
  EXPECT_EQ(second.find("protocol")->words, (std::vector<std::string>{"tcp", "udp"}));
  EXPECT_EQ(second.find("protocol")->text(0), "udp");
  EXPECT_EQ(second.find("number")->value(0), Value{std::uint64_t{8}});
  EXPECT_EQ(reader.take().rows, 0U);
}

TEST(ColumnReader, TellsTheSameTextOnce) {
  ColumnReader reader{{"src"}};
  reader.add(packets_of(6), {.number = 1});
  const ColumnData words = reader.take().columns.front().as_words();
  EXPECT_EQ(words.type, ColumnType::word);
  EXPECT_EQ(words.words, (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(words.text(5), "2001:db8::1");
  EXPECT_EQ(words.text(2), "");
  EXPECT_FALSE(words.has_value(2));
}

std::string complaint_about(const std::vector<std::string>& names) {
  try {
    const ColumnReader reader{names};
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return {};
}

TEST(ColumnReader, KnowsFieldsByTheirShortNames) {
  ColumnReader reader{{"ip.src", "tcp.dport"}};
  reader.add(packets_of(1), {.number = 1});
  const ColumnBatch batch = reader.take();
  EXPECT_EQ(batch.find("ip.src")->text(0), "192.0.2.1");
  EXPECT_EQ(batch.find("tcp.dport")->value(0), Value{std::uint64_t{443}});
  EXPECT_EQ(PacketRow{{"ip.src"}}.field(0).name, "ip.source");
  EXPECT_EQ(complaint_about({"ip.src", "ip.source"}), "the field ip.source is there twice");
  EXPECT_EQ(complaint_about({"tcp.dprt"}),
            "packets have no field tcp.dprt; did you mean tcp.dport?");
}

/// The heap, up to so many times.
class Meagre final : public Memory {
 public:
  explicit Meagre(std::size_t allowed) : left_{allowed} {}

  std::uint8_t* resize(std::uint8_t* data, std::size_t old_size, std::size_t size) override {
    if (left_ == 0) throw std::bad_alloc{};
    --left_;
    return heap().resize(data, old_size, size);
  }
  void free(std::uint8_t* data, std::size_t size) noexcept override { heap().free(data, size); }

  void allow() { left_ = ~std::size_t{0}; }

 private:
  std::size_t left_;
};

TEST(ColumnReader, HasWholeRowsOnlyWhereMemoryEnds) {
  const std::vector<std::string> names{"number", "src",        "ip.ttl",      "tls.server_name",
                                       "time",   "udp.length", "tcp.options", "eth.source"};
  const std::vector<Packet> packets = packets_of(3000);
  ColumnReader whole{names};
  whole.add(packets, {.number = 1});
  const ColumnBatch expected = whole.take();
  std::size_t cut_short = 0;
  for (std::size_t allowed = 3; allowed < 60; ++allowed) {
    Meagre memory{allowed};
    ColumnReader reader{names, memory};
    bool is_full = false;
    try {
      // The first rows fit no word of the bitmap.
      reader.add(std::span{packets}.first(30), {.number = 1});
      reader.add(std::span{packets}.subspan(30), {.number = 31});
    } catch (const std::bad_alloc&) {
      is_full = true;
    }
    memory.allow();
    const std::size_t rows = reader.rows();
    reader.add(std::span{packets}.subspan(rows), {.number = rows + 1});
    const ColumnBatch batch = reader.take();
    if (is_full && rows != 0) ++cut_short;
    ASSERT_EQ(batch.rows, packets.size());
    for (std::size_t field = 0; field < names.size(); ++field) {
      ASSERT_EQ(batch.columns[field].rows, packets.size());
      ASSERT_EQ(batch.columns[field].absent, expected.columns[field].absent) << names[field];
      for (std::size_t i = 0; i < packets.size(); ++i) {
        ASSERT_EQ(batch.columns[field].value(i), expected.columns[field].value(i))
            << names[field] << " of packet " << i << ", memory for " << allowed;
      }
    }
  }
  EXPECT_GT(cut_short, 5U);
}

TEST(ColumnReader, NamesWhatAWrongNameIsNearTo) {
  EXPECT_EQ(complaint_about({"ip.tll"}), "packets have no field ip.tll; did you mean ip.ttl?");
  EXPECT_EQ(complaint_about({"dstport"}), "packets have no field dstport; did you mean dst_port?");
  EXPECT_EQ(complaint_about({"server_name"}),
            "packets have no field server_name; did you mean tls.server_name?");
  EXPECT_EQ(complaint_about({"nothing of the kind"}),
            "packets have no field nothing of the kind; docs/json.md lists them");
  EXPECT_EQ(complaint_about({"len", "len"}), "the field len is there twice");
}

}  // namespace
}  // namespace weir::record
