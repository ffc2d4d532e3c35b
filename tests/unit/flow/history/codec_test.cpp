// Codes of packets: what is decoded is what was coded, whatever follows on what, and how small.
#include "flow/history/codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "unit/flow/frames.h"

namespace weir::flow::test {
namespace {

using Fields = HistoryFields;

constexpr Fields tcp_fields =
    Fields::tcp_flags | Fields::sequence | Fields::acknowledgment | Fields::window;

/// What a packet of these fields would be handed to the codec as.
HistoryPacket only(HistoryPacket packet, Fields fields) {
  packet.fields = fields;
  if (!packet.has(Fields::timestamp)) packet.timestamp = {};
  if (!packet.has(Fields::ip_id)) packet.ip_id = 0;
  if (!packet.has(Fields::ttl)) packet.ttl = 0;
  if (!packet.has(Fields::ip_length)) packet.ip_length = 0;
  if (!packet.has(Fields::tcp_flags)) packet.tcp_flags = 0;
  if (!packet.has(Fields::sequence)) packet.sequence = 0;
  if (!packet.has(Fields::acknowledgment)) packet.acknowledgment = 0;
  if (!packet.has(Fields::window)) packet.window = 0;
  if (!packet.has(Fields::icmp)) packet.icmp = {};
  if (!packet.has(Fields::payload)) packet.payload_bytes = 0;
  return packet;
}

struct Sent {
  HistoryPacket packet{};
  unsigned side = 0;
};

/// Codes them as stretches of so many, decodes them, and returns how long the longest code was.
std::size_t expect_back(const std::vector<Sent>& sent, std::size_t stretch, std::int64_t base = 0) {
  std::vector<std::uint8_t> codes;
  HistoryState state{};
  std::size_t longest = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (i % stretch == 0) state = {.time = base};
    const std::size_t begin = codes.size();
    codes.resize(begin + max_history_code);
    const std::size_t size =
        encode(state, sent[i].packet, sent[i].side, i % stretch == 0, codes.data() + begin);
    codes.resize(begin + size);
    longest = std::max(longest, size);
    EXPECT_EQ(decode_run(codes.data() + begin), 0U);
  }
  const std::uint8_t* next = codes.data();
  HistoryState other{};
  for (const Sent& expected : sent) {
    HistoryPacket packet{};
    unsigned side = 2;
    next = decode(other, base, next, packet, side);
    EXPECT_EQ(packet, expected.packet);
    EXPECT_EQ(side, expected.side);
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_EQ(next, codes.data() + codes.size());
  return longest;
}

/// Numbers of any size, mostly small, often an extreme.
class Numbers {
 public:
  template <class Number>
  Number next() {
    constexpr auto largest = std::numeric_limits<Number>::max();
    const std::uint64_t any = random_();
    switch (any % 8) {
      case 0:
        return largest;
      case 1:
        return std::numeric_limits<Number>::min();
      case 2:
        return static_cast<Number>(any >> 8);
      case 3:
        return static_cast<Number>(largest - static_cast<Number>(any >> 60));
      default:
        return static_cast<Number>(any >> 8 >> (any >> 3) % 56);
    }
  }
  Fields fields() {
    const unsigned bits = next<std::uint16_t>() & static_cast<unsigned>(Fields::all);
    // No packet has both.
    const Fields without = random_() % 2 == 0 ? Fields::icmp : tcp_fields;
    return static_cast<Fields>(bits & ~static_cast<unsigned>(without));
  }

 private:
  std::mt19937_64 random_{15};
};

TEST(HistoryCodec, GivesAnyPacketsBack) {
  Numbers numbers;
  for (int round = 0; round < 2000; ++round) {
    std::vector<Sent> sent;
    Fields fields = numbers.fields();
    for (int i = 0; i < 50; ++i) {
      if (numbers.next<std::uint8_t>() < 20) fields = numbers.fields();
      const HistoryPacket packet{
          .timestamp = Timestamp{Duration{numbers.next<std::int64_t>()}},
          .ip_length = numbers.next<std::uint32_t>(),
          .payload_bytes = numbers.next<std::uint32_t>(),
          .sequence = numbers.next<std::uint32_t>(),
          .acknowledgment = numbers.next<std::uint32_t>(),
          .window = numbers.next<std::uint16_t>(),
          .ip_id = numbers.next<std::uint16_t>(),
          .icmp = {numbers.next<std::uint8_t>(), numbers.next<std::uint8_t>()},
          .ttl = numbers.next<std::uint8_t>(),
          .tcp_flags = numbers.next<std::uint8_t>()};
      sent.push_back({only(packet, fields), numbers.next<std::uint8_t>() % 2U});
    }
    EXPECT_LE(
        expect_back(sent, 1 + static_cast<std::size_t>(round) % 50, numbers.next<std::int64_t>()),
        max_history_code);
    ASSERT_FALSE(testing::Test::HasFailure()) << round;
  }
}

TEST(HistoryCodec, GivesTheEndsOfTimeBack) {
  const auto at_tick = [](std::int64_t ticks) {
    return Sent{only({.timestamp = Timestamp{Duration{ticks}}}, Fields::timestamp)};
  };
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  const std::vector<Sent> sent = {at_tick(last),  at_tick(first), at_tick(last), at_tick(0),
                                  at_tick(first), at_tick(-1),    at_tick(1),    at_tick(1),
                                  at_tick(-5000), at_tick(first), at_tick(first)};
  for (const std::int64_t base : {std::int64_t{0}, first, last}) {
    expect_back(sent, sent.size(), base);
    expect_back(sent, 1, base);
  }
}

TEST(HistoryCodec, GivesTheLongestCodeBack) {
  HistoryPacket packet{.timestamp = Timestamp::min(),
                       .ip_length = 1U << 31,
                       .payload_bytes = ~0U,
                       .sequence = 1U << 31,
                       .acknowledgment = 1U << 31,
                       .window = 1 << 15,
                       .ip_id = 1 << 15,
                       .ttl = 255,
                       .tcp_flags = 255};
  packet = only(packet, static_cast<Fields>(static_cast<unsigned>(Fields::all) &
                                            ~static_cast<unsigned>(Fields::icmp)));
  EXPECT_EQ(expect_back({{packet, 1}}, 1), 42U);
}

/// A download, with every field: what it is about is a few octets a packet.
TEST(HistoryCodec, IsSmallWherePacketsFollowOnEachOther) {
  HistoryState state{};
  std::array<std::uint8_t, max_history_code> code{};
  std::size_t bytes = 0;
  constexpr Fields fields = Fields::timestamp | Fields::ip_id | Fields::ttl | Fields::ip_length |
                            tcp_fields | Fields::payload | Fields::direction;
  HistoryPacket data{.timestamp = at(0s),
                     .ip_length = 1514,
                     .payload_bytes = 1448,
                     .sequence = 77,
                     .acknowledgment = 5,
                     .window = 500,
                     .ip_id = 1000,
                     .ttl = 57,
                     .tcp_flags = ack,
                     .fields = fields};
  HistoryPacket answer{.ip_length = 66,
                       .sequence = 5,
                       .window = 2000,
                       .ip_id = 7,
                       .ttl = 64,
                       .tcp_flags = ack,
                       .fields = fields};
  constexpr unsigned packets = 1000;
  for (unsigned i = 0; i < packets; i += 2) {
    bytes += encode(state, data, 0, i == 0, code.data());
    data.sequence += data.payload_bytes;
    answer.timestamp = data.timestamp + 90us;
    answer.acknowledgment = data.sequence;
    bytes += encode(state, answer, 1, false, code.data());
    data.timestamp += 12ms;
    ++data.ip_id;
    ++answer.ip_id;
  }
  EXPECT_LE(bytes, packets * 3U);
}

TEST(HistoryCodec, TellsRunsFromPackets) {
  std::array<std::uint8_t, history_run_size> code{};
  for (const unsigned count : {1U, 2U, max_history_run}) {
    encode_run(count, code.data());
    EXPECT_EQ(decode_run(code.data()), count);
  }
}

}  // namespace
}  // namespace weir::flow::test
