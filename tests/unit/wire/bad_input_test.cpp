// Input made to cost much: every walk ends early, and says what ended it.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/frames.h"
#include "weir/wire/dns.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"
#include "weir/wire/mpls.h"
#include "weir/wire/vlan.h"

namespace weir::wire {
namespace {

using test::Octets;

Layers decoded(const Octets& bytes) {
  return decode({.data = bytes,
                 .wire_length = static_cast<std::uint32_t>(bytes.size()),
                 .link_type = LinkType::ethernet});
}

// `first` is announced by the Ethernet header, `more` by each other.
Octets stack_of(std::uint16_t type, const Octets& header, std::size_t count) {
  Octets bytes = test::frame(test::eth(type));
  for (std::size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), header.begin(), header.end());
  return bytes;
}

void expect_stopped_before(Protocol protocol, const Octets& bytes) {
  const Layers layers = decoded(bytes);
  EXPECT_EQ(layers.size(), Layers::max_layers);
  EXPECT_EQ(layers.stop, StopReason::nesting_limit);
  EXPECT_EQ(layers.missing, protocol);
}

TEST(BadInput, Of200VlanTagsIsStopped) {
  expect_stopped_before(Protocol::vlan, stack_of(0x8100, {0, 1, 0x81, 0}, 200));
  expect_stopped_before(Protocol::provider_vlan, stack_of(0x88a8, {0, 1, 0x88, 0xa8}, 200));
}

TEST(BadInput, OfAThousandMplsLabelsIsStopped) {
  expect_stopped_before(Protocol::mpls, stack_of(0x8847, {0, 1, 0, 64}, 1000));
}

TEST(BadInput, OfChainsOfIpv6HeadersIsStopped) {
  const Ipv6ExtensionFields options{.next_header = ip_protocol::ipv6_destination};
  for (const std::size_t count : {100U, 1000U, 8000U}) {
    Octets chain;
    const Octets one = test::header_bytes(options, {});
    for (std::size_t i = 0; i < count; ++i) chain.insert(chain.end(), one.begin(), one.end());
    expect_stopped_before(
        Protocol::ipv6_destination,
        test::frame(test::eth(0x86dd), test::ip6(ip_protocol::ipv6_destination), chain));
  }
}

// Every record's name is a chain of as many pointers as may be, or of one more.
TEST(BadInput, OfDnsPointersToPointersEndsSoon) {
  Octets message{0, 1, 0x80, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  // The first one's name is the root.
  message.insert(message.end(), {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0});
  for (std::size_t target = 12; message.size() < 16'000;) {
    const std::size_t here = message.size();
    // A record of no data, whose name points at the one before it.
    message.push_back(static_cast<std::uint8_t>(0xc0 | target >> 8));
    message.push_back(static_cast<std::uint8_t>(target));
    message.insert(message.end(), {0, 1, 0, 1, 0, 0, 0, 0, 0, 0});
    target = here;
  }
  DnsReader reader{*DnsView::parse(message)};
  DnsNameBuffer text;
  std::size_t records = 0;
  std::size_t names = 0;
  while (const auto record = reader.next_record()) {
    ++records;
    if (reader.name(record->name_offset, text)) ++names;
  }
  EXPECT_GT(records, 1000U);
  EXPECT_EQ(names, 128U);
}

}  // namespace
}  // namespace weir::wire
