// write_part(): frames of several segments beyond what IP can tell the length of.
#include "gate/reinject/split.h"

#include <gtest/gtest.h>

#include "gate/reinject/mss.h"
#include "support/checked_frames.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

using namespace weir::test;

constexpr std::size_t segment = 1'428;

/// Bytes that tell their place.
Octets counting(std::size_t size) {
  Octets bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return bytes;
}

wire::TcpFields all_flags() {
  wire::TcpFields fields = tcp();
  fields.sequence_number = 0xffff'0000;
  fields.flags =
      wire::tcp_flags::ack | wire::tcp_flags::psh | wire::tcp_flags::fin | wire::tcp_flags::cwr;
  return fields;
}

/// IPv6 as Linux has it: no payload length, and a jumbo payload option.
Octets jumbogram(const Octets& payload) {
  wire::Ipv6Fields ip = ip6(0);
  ip.payload_length = 0;
  Octets jumbo{6, 0, 0xc2, 4, 0, 0, 0, 0};
  store_be(&jumbo[4], static_cast<std::uint32_t>(8 + 20 + payload.size()));
  return frame(eth(0x86dd), ip, jumbo, all_flags(), payload);
}

Octets large_ipv4(const Octets& payload) {
  wire::Ipv4Fields ip = ip4(6);
  ip.total_length = 0;
  ip.identification = 0xfffe;
  return frame(eth(0x0800), ip, all_flags(), payload);
}

std::vector<Octets> parts_of(const Octets& whole, const Transport& tcp, std::size_t size) {
  std::vector<Octets> parts;
  const std::size_t payload = tcp.end - tcp.payload;
  for (std::size_t at = 0; at < payload; at += size) {
    const Part part{.offset = at, .size = std::min(size, payload - at)};
    Octets room(part_room(tcp, part.size), 0xcc);
    const MutableBytes written = write_part(whole, tcp, segment, part, room);
    parts.emplace_back(written.begin(), written.end());
  }
  return parts;
}

/// They are what the kernel would have cut, and carry `payload`.
void expect_parts(const std::vector<Octets>& parts, const Octets& payload, std::size_t headers) {
  Octets together;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Outline found = outline(parts[i], LinkType::ethernet, true);
    ASSERT_TRUE(found.transport);
    const Transport& at = *found.transport;
    EXPECT_EQ(at.payload, headers);
    EXPECT_EQ(at.end, parts[i].size());
    EXPECT_FALSE(needs_split(at));
    const bool is_last = i + 1 == parts.size();
    EXPECT_TRUE(is_last || (at.end - at.payload) % segment == 0);
    const auto tcp = wire::TcpView::parse(Bytes{parts[i]}.subspan(at.header));
    ASSERT_TRUE(tcp);
    EXPECT_EQ(tcp->sequence_number(), static_cast<std::uint32_t>(0xffff'0000 + together.size()));
    EXPECT_EQ(tcp->has(wire::tcp_flags::fin), is_last);
    EXPECT_EQ(tcp->has(wire::tcp_flags::psh), is_last);
    EXPECT_EQ(tcp->has(wire::tcp_flags::cwr), i == 0);
    EXPECT_TRUE(tcp->has(wire::tcp_flags::ack));
    together.insert(together.end(), parts[i].begin() + at.payload, parts[i].end());
  }
  EXPECT_EQ(together, payload);
}

TEST(Split, CutsAJumbogramAndTakesTheOptionOut) {
  const Octets payload = counting(184'000);
  const Octets whole = jumbogram(payload);
  const Outline found = outline(whole, LinkType::ethernet, true);
  ASSERT_TRUE(found.transport);
  EXPECT_TRUE(needs_split(*found.transport));
  const std::size_t size = part_size(*found.transport, segment);
  EXPECT_EQ(size, (65'535 - 28) / segment * segment);
  const std::vector<Octets> parts = parts_of(whole, *found.transport, size);
  EXPECT_EQ(parts.size(), 3U);
  expect_parts(parts, payload, 14 + 40 + 20);
  for (const Octets& part : parts) {
    const auto ip = wire::Ipv6View::parse(Bytes{part}.subspan(14));
    EXPECT_EQ(ip->payload_field(), part.size() - 54);
    EXPECT_EQ(ip->next_header(), 6);
  }
}

TEST(Split, CutsLargeIpv4) {
  const Octets payload = counting(130'001);
  const Octets whole = large_ipv4(payload);
  const Outline found = outline(whole, LinkType::ethernet, true);
  ASSERT_TRUE(found.transport);
  EXPECT_TRUE(needs_split(*found.transport));
  const std::size_t size = part_size(*found.transport, segment);
  EXPECT_EQ(size, (65'535 - 40) / segment * segment);
  const std::vector<Octets> parts = parts_of(whole, *found.transport, size);
  expect_parts(parts, payload, 14 + 20 + 20);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto ip = wire::Ipv4View::parse(Bytes{parts[i]}.subspan(14));
    EXPECT_EQ(ip->total_length(), parts[i].size() - 14);
    EXPECT_EQ(ip->identification(), static_cast<std::uint16_t>(0xfffe + i * size / segment));
    EXPECT_EQ(checksums_of(parts[i]).substr(0, 7), "ip good");
  }
}

TEST(Split, KnowsWhatIpCanTell) {
  const auto fits = [](const Octets& whole) {
    return !needs_split(*outline(whole, LinkType::ethernet, true).transport);
  };
  EXPECT_TRUE(fits(large_ipv4(rest(65'535 - 40))));
  EXPECT_FALSE(fits(large_ipv4(rest(65'535 - 39))));
  wire::Ipv6Fields ip = ip6(6);
  ip.payload_length = 0;
  EXPECT_TRUE(fits(frame(eth(0x86dd), ip, tcp(), rest(65'535 - 20))));
  EXPECT_FALSE(fits(frame(eth(0x86dd), ip, tcp(), rest(65'535 - 19))));
}

TEST(Split, MakesOneSegmentOfTheLongestAndNoneOfMore) {
  const Octets whole = large_ipv4(rest(130'000));
  const Transport tcp = *outline(whole, LinkType::ethernet, true).transport;
  EXPECT_EQ(part_size(tcp, 65'495), 65'495U);
  EXPECT_EQ(part_size(tcp, 65'496), 0U);
  EXPECT_EQ(part_size(tcp, 0), 0U);
}

/// A SYN with the option behind a padding byte: its value is at an odd offset.
Octets syn(std::uint16_t size, std::uint16_t flags = wire::tcp_flags::syn) {
  wire::TcpFields fields = tcp();
  fields.flags = flags;
  const Octets options{
      1, 2, 4, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size), 1, 1, 1};
  fields.options = options;
  return sealed(eth(0x86dd), ip6(6), fields, Octets{});
}

TEST(MaximumSegmentSize, IsLoweredInSyns) {
  for (const std::uint16_t flags :
       {wire::tcp_flags::syn,
        static_cast<std::uint16_t>(wire::tcp_flags::syn | wire::tcp_flags::ack)}) {
    Octets lowered = syn(1'440, flags);
    const Outline found = outline(lowered, LinkType::ethernet, false);
    ASSERT_EQ(lower_mss(lowered, found, 20), 1'420);
    write_mss(lowered, LinkType::ethernet, found, 1'420);
    EXPECT_EQ(lowered, syn(1'420, flags));
  }
}

TEST(MaximumSegmentSize, KeepsAnUnfinishedChecksumUnfinished) {
  const Octets left = left_to_adapter(syn(1'440), 14, ipv6_transport + 16, 6, 28);
  Octets lowered = left;
  const Outline found = outline(lowered, LinkType::ethernet, false);
  write_mss(lowered, LinkType::ethernet, found, 1'420);
  EXPECT_EQ(lowered, left_to_adapter(syn(1'420), 14, ipv6_transport + 16, 6, 28));
}

TEST(MaximumSegmentSize, IsLeftElsewhere) {
  const auto asked = [](const Octets& one, std::uint16_t growth) {
    return lower_mss(one, outline(one, LinkType::ethernet, false), growth);
  };
  EXPECT_FALSE(asked(syn(1'440, wire::tcp_flags::ack), 20));
  EXPECT_FALSE(asked(syn(1'440), 0));
  EXPECT_FALSE(asked(syn(20), 20));
  EXPECT_FALSE(asked(sealed(eth(0x0800), ip4(6), tcp(), rest(4)), 20));
  EXPECT_FALSE(asked(sealed(eth(0x0800), ip4(17), udp(), rest(4)), 20));
}

}  // namespace
}  // namespace weir::gate
