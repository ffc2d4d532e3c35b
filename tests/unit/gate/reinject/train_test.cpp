// Train: segments that the kernel has cut are put together into what it had.
#include "gate/reinject/train.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gate/reinject/split.h"
#include "support/checked_frames.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

using namespace weir::test;
namespace flag = wire::tcp_flags;

constexpr std::size_t segment = 1'400;
constexpr std::size_t segments = 12;
constexpr std::size_t tcp_at_ipv4 = 14 + 20;

Octets whole(bool is_ipv4, std::uint16_t last_flags = flag::ack | flag::psh) {
  wire::TcpFields fields = tcp();
  fields.sequence_number = 0xffff'f000;
  fields.flags = last_flags;
  const Octets options{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8};
  fields.options = options;
  Octets payload(segment * (segments - 1) + 77);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i * 5);
  wire::Ipv4Fields ip = ip4(6);
  ip.identification = 0xfffa;
  return is_ipv4 ? frame(eth(0x0800), ip, fields, payload)
                 : frame(eth(0x86dd), ip6(6), fields, payload);
}

Transport transport_of(const Octets& octets) {
  return *outline(octets, LinkType::ethernet, true).transport;
}

/// As the kernel cuts it.
std::vector<Octets> cut(const Octets& octets) {
  const Transport tcp = transport_of(octets);
  std::vector<Octets> parts;
  for (std::size_t at = 0; at < tcp.end - tcp.payload; at += segment) {
    const Part part{.offset = at, .size = std::min(segment, tcp.end - tcp.payload - at)};
    Octets room(part_room(tcp, part.size));
    const MutableBytes written = write_part(octets, tcp, segment, part, room);
    parts.emplace_back(written.begin(), written.end());
  }
  return parts;
}

bool put(Train& train, const Octets& octets) {
  const Transport tcp = transport_of(octets);
  if (!can_be_coupled(octets, tcp)) return false;
  return train.is_empty() ? train.begin(octets, tcp) : train.couple(octets, tcp);
}

/// Without the checksum of TCP, which neither has.
Octets without_checksum(Bytes bytes) {
  Octets octets{bytes.begin(), bytes.end()};
  const std::size_t at = transport_of(octets).checksum;
  octets[at] = octets[at + 1] = 0;
  return octets;
}

/// Whether the second of two segments goes behind the first, changed by `how`.
template <class How>
bool couples(bool is_ipv4, How how) {
  std::vector<Octets> parts = cut(whole(is_ipv4));
  how(parts[1]);
  BufferPool buffers;
  Train train{buffers};
  return put(train, parts[0]) && put(train, parts[1]);
}

TEST(Train, IsWhatTheKernelHadCut) {
  for (const bool is_ipv4 : {true, false}) {
    BufferPool buffers;
    Train train{buffers};
    const Octets original = whole(is_ipv4);
    for (const Octets& part : cut(original)) EXPECT_TRUE(put(train, part));
    EXPECT_EQ(train.segments(), segments);
    EXPECT_EQ(train.segment_size(), segment);
    Buffer memory;
    EXPECT_EQ(without_checksum(train.finish(memory)), without_checksum(original));
    EXPECT_TRUE(train.is_empty());
  }
}

TEST(Train, EndsWithAShortSegmentAndWithPushAndFin) {
  BufferPool buffers;
  Train train{buffers};
  const std::vector<Octets> parts = cut(whole(true));
  ASSERT_TRUE(put(train, parts[segments - 2]));
  ASSERT_TRUE(put(train, parts[segments - 1]));
  EXPECT_FALSE(put(train, parts[segments - 1]));
  Buffer memory;
  static_cast<void>(train.finish(memory));
  for (const unsigned last : {unsigned{flag::psh}, unsigned{flag::fin}}) {
    std::vector<Octets> others = cut(whole(true));
    others[0][tcp_at_ipv4 + 13] |= static_cast<std::uint8_t>(last);
    ASSERT_TRUE(put(train, others[0]));
    EXPECT_FALSE(put(train, others[1]));
    static_cast<void>(train.finish(memory));
  }
}

TEST(Train, TakesNothingThatWouldBeCutOffOtherwise) {
  for (const bool is_ipv4 : {true, false}) {
    const std::size_t at = is_ipv4 ? tcp_at_ipv4 : tcp_at_ipv4 + 20;
    EXPECT_TRUE(couples(is_ipv4, [](Octets&) {}));
    const std::vector<std::pair<const char*, std::size_t>> fields{
        {"MAC address", 5},      {"hop limit", is_ipv4 ? 22U : 21U},
        {"type of service", 15}, {"source port", at + 1},
        {"sequence", at + 7},    {"acknowledgment", at + 11},
        {"window", at + 15},     {"urgent", at + 19},
        {"time stamp", at + 27}};
    for (const auto& [name, offset] : fields) {
      EXPECT_FALSE(couples(is_ipv4, [&](Octets& octets) { octets[offset] ^= 1; })) << name;
    }
    EXPECT_FALSE(
        couples(is_ipv4, [&](Octets& octets) { octets[at + 13] |= std::uint8_t{flag::urg}; }));
    EXPECT_FALSE(
        couples(is_ipv4, [&](Octets& octets) { octets[at + 13] |= std::uint8_t{flag::ece}; }));
    EXPECT_FALSE(couples(is_ipv4, [](Octets& octets) { octets.push_back(0); })) << "padding";
  }
  EXPECT_FALSE(couples(true, [](Octets& octets) { octets[19] ^= 1; })) << "identification";
}

TEST(Train, StaysWithinWhatIpCanTell) {
  BufferPool buffers;
  Train train{buffers};
  std::vector<Octets> parts = cut(whole(true));
  ASSERT_TRUE(put(train, parts[0]));
  Octets next = parts[0];
  std::size_t count = 1;
  for (; count < 100; ++count) {
    store_be(next.data() + tcp_at_ipv4 + 4,
             static_cast<std::uint32_t>(0xffff'f000 + count * segment));
    store_be(next.data() + 18, static_cast<std::uint16_t>(0xfffa + count));
    if (!put(train, next)) break;
  }
  EXPECT_EQ(count, (65'535U - 52) / segment);
}

}  // namespace
}  // namespace weir::gate
