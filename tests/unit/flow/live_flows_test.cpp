// What a tracker is asked of its live flows: one, all, the first of an order.
#include <gtest/gtest.h>

#include <iterator>
#include <limits>
#include <ranges>

#include "connection.h"
#include "frames.h"
#include "support/allocations.h"

namespace weir::flow::test {
namespace {

static_assert(std::ranges::forward_range<LiveFlows>);

constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

FrameFields of_port(std::uint16_t port, std::size_t payload = 0) {
  return {.source_port = port, .protocol = udp, .payload = payload};
}

const Flow* find(const Tracker& tracker, const FrameFields& fields) {
  return tracker.find(fields.protocol, {fields.source, fields.source_port},
                      {fields.destination, fields.destination_port}, fields.vlans);
}

std::vector<std::uint16_t> ports(const std::vector<const Flow*>& flows) {
  std::vector<std::uint16_t> found;
  for (const Flow* const flow : flows) found.push_back(flow->originator().port);
  return found;
}

std::vector<std::uint64_t> ids(const Tracker& tracker) {
  std::vector<std::uint64_t> found;
  for (const Flow& flow : tracker.flows()) found.push_back(flow.id());
  return found;
}

using Ports = std::vector<std::uint16_t>;
using Ids = std::vector<std::uint64_t>;

TEST(FindFlow, KnowsItsEndpointsInEitherDirection) {
  Feed feed;
  const FrameFields fields{.payload = 7};
  feed.send(fields, 1s);
  feed.send(fields.reversed(), 3s);
  const Flow* const flow = find(feed.tracker, fields);
  ASSERT_NE(flow, nullptr);
  EXPECT_EQ(find(feed.tracker, fields.reversed()), flow);
  EXPECT_EQ(flow->id(), 1U);
  EXPECT_EQ(flow->originator(), (Endpoint{fields.source, fields.source_port}));
  EXPECT_EQ(flow->responder(), (Endpoint{fields.destination, fields.destination_port}));
  EXPECT_EQ(flow->from_originator().packets, 1U);
  EXPECT_EQ(flow->from_responder().payload_bytes, 7U);
  EXPECT_EQ(flow->start(), at(1s));
  EXPECT_EQ(flow->end(), at(3s));
}

TEST(FindFlow, IsNothingWhereAnyPartOfTheKeyDiffers) {
  Feed feed;
  const FrameFields fields;
  EXPECT_EQ(find(feed.tracker, fields), nullptr);
  feed.send(fields);
  const Endpoint client{fields.source, fields.source_port};
  const Endpoint server{fields.destination, fields.destination_port};
  const Tracker& tracker = feed.tracker;
  ASSERT_NE(tracker.find(tcp, client, server), nullptr);
  EXPECT_EQ(tracker.find(udp, client, server), nullptr);
  EXPECT_EQ(tracker.find(tcp, {client.address, server.port}, {server.address, client.port}),
            nullptr);
  EXPECT_EQ(tracker.find(tcp, client, client), nullptr);
  EXPECT_EQ(tracker.find(tcp, client, {ip("198.51.100.3"), server.port}), nullptr);
  EXPECT_EQ(tracker.find(tcp, client, server, std::vector<std::uint16_t>{0}), nullptr);
}

TEST(FindFlow, IsNothingForAddressesThatMakeNoFlow) {
  Feed feed;
  feed.send({});
  const Tracker& tracker = feed.tracker;
  const IpAddress mapped = ip("::ffff:198.51.100.2");
  EXPECT_EQ(tracker.find(tcp, {ip("192.0.2.1"), 40000}, {mapped, 443}), nullptr);
  EXPECT_EQ(tracker.find(tcp, {mapped, 443}, {ip("192.0.2.1"), 40000}), nullptr);
  EXPECT_EQ(tracker.find(tcp, {ip("::ffff:192.0.2.1"), 40000}, {mapped, 443}), nullptr);
  EXPECT_EQ(tracker.find(tcp, {ip("192.0.2.1"), 40000}, {}), nullptr);
  EXPECT_EQ(tracker.find(0, {}, {}), nullptr);
}

TEST(FindFlow, KnowsIpVersion6AndProtocolsWithoutPorts) {
  Feed feed;
  const FrameFields v6{.source = ip("2001:db8::2"), .destination = ip("2001:db8::1")};
  FrameFields ping{.protocol = icmp, .payload = 8};
  feed.send(v6);
  feed.send(ping);
  ping.source_port = ping.destination_port = 0;
  for (const FrameFields& fields : {v6, v6.reversed(), ping, ping.reversed()}) {
    const Flow* const flow = find(feed.tracker, fields);
    ASSERT_NE(flow, nullptr);
    EXPECT_EQ(flow->protocol(), fields.protocol);
  }
}

TEST(FindFlow, TellsEndpointsOfOneAddressApartByPort) {
  Feed feed;
  const FrameFields fields{.destination = ip("192.0.2.1")};
  feed.send(fields);
  const Flow* const flow = find(feed.tracker, fields);
  ASSERT_NE(flow, nullptr);
  EXPECT_EQ(find(feed.tracker, fields.reversed()), flow);
  EXPECT_EQ(flow->originator().port, 40000);
}

TEST(FindFlow, TakesTheVlansThatArePartOfTheKey) {
  Feed feed{TrackerOptions{.vlan = true}};
  const std::vector<std::vector<std::uint16_t>> tags{{}, {0}, {7}, {7, 8}};
  for (const auto& vlans : tags) feed.send({.vlans = vlans});
  std::uint64_t id = 0;
  for (const auto& vlans : tags) {
    const Flow* const flow = find(feed.tracker, {.vlans = vlans});
    ASSERT_NE(flow, nullptr);
    EXPECT_EQ(flow->id(), ++id);
  }
  EXPECT_EQ(find(feed.tracker, {.vlans = {8}}), nullptr);
  EXPECT_EQ(find(feed.tracker, {.vlans = {8, 7}}), nullptr);
  EXPECT_EQ(find(feed.tracker, {.vlans = {7, 8, 9}})->id(), id);
}

TEST(FindFlow, IsNothingOnceTheFlowHasEnded) {
  Feed feed{TrackerOptions{.idle = 10s}};
  feed.send({});
  feed.tracker.advance(at(9s));
  EXPECT_NE(find(feed.tracker, {}), nullptr);
  feed.tracker.advance(at(10s));
  EXPECT_EQ(find(feed.tracker, {}), nullptr);
  feed.send({}, 11s);
  EXPECT_EQ(find(feed.tracker, {})->id(), 2U);
  feed.tracker.finish();
  EXPECT_EQ(find(feed.tracker, {}), nullptr);
  EXPECT_TRUE(ids(feed.tracker).empty());
  EXPECT_TRUE(feed.tracker.top(1, Order::packets).empty());
}

TEST(FindFlow, IsNothingBetweenThePartsOfACutFlow) {
  Feed feed{TrackerOptions{.active = 10s}};
  feed.send({});
  feed.tracker.advance(at(10s));
  EXPECT_EQ(feed.tracker.size(), 0U);
  EXPECT_EQ(find(feed.tracker, {}), nullptr);
  EXPECT_TRUE(ids(feed.tracker).empty());
  feed.send({}, 11s);
  const Flow* const flow = find(feed.tracker, {});
  ASSERT_NE(flow, nullptr);
  EXPECT_TRUE(flow->continues());
  EXPECT_EQ(flow->start(), at(11s));
  EXPECT_EQ(ids(feed.tracker), Ids{1});
}

// What asks for the ports of an open connection is in no table until that is decided.
TEST(FindFlow, IsTheOldConnectionUntilAnotherHasTakenItsPorts) {
  Connection connection;
  connection.open();
  connection.renumber();
  connection.client(syn, 1s);
  EXPECT_EQ(find(connection.tracker, {})->id(), 1U);
  EXPECT_EQ(find(connection.tracker, {})->from_originator().packets, 2U);
  EXPECT_EQ(ids(connection.tracker), Ids{1});
  connection.server(syn | ack, 1s);
  EXPECT_EQ(find(connection.tracker, {})->id(), 2U);
  EXPECT_EQ(ids(connection.tracker), Ids{2});
}

TEST(LiveFlows, StandInTheOrderOfTheTable) {
  Feed feed{TrackerOptions{.idle = 10s}};
  for (const std::uint16_t port : Ports{5, 3, 4}) feed.send(of_port(port));
  EXPECT_EQ(ids(feed.tracker), (Ids{1, 2, 3}));
  for (const std::uint16_t port : Ports{4, 5}) feed.send(of_port(port), 5s);
  feed.tracker.advance(at(13s));
  EXPECT_EQ(ids(feed.tracker), (Ids{1, 3}));
  feed.send(of_port(9), 13s);
  EXPECT_EQ(ids(feed.tracker), (Ids{1, 4, 3}));
  feed.send(of_port(8), 13s);
  EXPECT_EQ(ids(feed.tracker), (Ids{1, 4, 3, 5}));
}

TEST(LiveFlows, AreCountedByProtocol) {
  Feed feed{TrackerOptions{.idle = 0s, .active = 10s, .max_flows = 3}};
  feed.send({});
  feed.send(of_port(1));
  feed.send(of_port(2), 1s);
  EXPECT_EQ(feed.tracker.size(tcp), 1U);
  EXPECT_EQ(feed.tracker.size(udp), 2U);
  EXPECT_EQ(feed.tracker.size(icmp), 0U);
  feed.send({.protocol = icmp}, 2s);
  EXPECT_EQ(feed.tracker.size(tcp) + feed.tracker.size(udp), 2U);
  EXPECT_EQ(feed.tracker.size(icmp), 1U);
  feed.tracker.advance(at(11s));
  EXPECT_EQ(feed.tracker.size(icmp), 1U);
  EXPECT_EQ(feed.tracker.size(udp), 0U);
  feed.tracker.finish();
  EXPECT_EQ(feed.tracker.size(icmp), 0U);
}

TEST(LiveFlows, CanBeWalkedAgainAndFromAnywhere) {
  Feed feed;
  for (std::uint16_t port = 1; port <= 10; ++port) feed.send(of_port(port));
  const LiveFlows flows = feed.tracker.flows();
  auto from = std::ranges::next(flows.begin(), 4);
  const auto kept = from++;
  EXPECT_EQ(kept->id(), 5U);
  EXPECT_EQ(from->id(), 6U);
  EXPECT_EQ(std::ranges::distance(from, flows.end()), 5);
  EXPECT_EQ(std::ranges::distance(flows), 10);
  EXPECT_NE(kept, from);
}

TEST(LiveFlows, StayWhereTheyAreWhenTheTrackerIsMoved) {
  Recorder recorder;
  Tracker first{recorder};
  const auto frame = make_frame({});
  first.add(packet_of(frame, at(0s)));
  const Flow* const flow = find(first, {});
  const Tracker second{std::move(first)};
  EXPECT_EQ(find(second, {}), flow);
  EXPECT_EQ(&*second.flows().begin(), flow);
}

TEST(TopFlows, AreRankedByWhatWasAskedFor) {
  Feed feed;
  // Port: packets, payload of each, from its second, a packet every so often.
  struct Plan {
    std::uint16_t port;
    int packets;
    std::size_t payload;
    Duration begin;
    Duration step;
  };
  for (const Plan& plan : {Plan{1, 10, 0, 5s, 10s}, Plan{2, 2, 900, 4s, 2s},
                           Plan{3, 5, 10, 3s, 100ms}, Plan{4, 1, 1400, 2s, 0s}}) {
    for (int i = 0; i < plan.packets; ++i) {
      const FrameFields fields = of_port(plan.port, plan.payload);
      feed.send(i % 2 == 0 ? fields : fields.reversed(), plan.begin + i * plan.step);
    }
  }
  const Tracker& tracker = feed.tracker;
  EXPECT_EQ(ports(tracker.top(all, Order::packets)), (Ports{1, 3, 2, 4}));
  EXPECT_EQ(ports(tracker.top(all, Order::bytes)), (Ports{2, 4, 1, 3}));
  EXPECT_EQ(ports(tracker.top(all, Order::packet_rate)), (Ports{3, 2, 1, 4}));
  EXPECT_EQ(ports(tracker.top(all, Order::byte_rate)), (Ports{2, 3, 1, 4}));
  EXPECT_EQ(ports(tracker.top(all, Order::start)), (Ports{4, 3, 2, 1}));
  EXPECT_EQ(ports(tracker.top(2, Order::packets)), (Ports{1, 3}));
  EXPECT_EQ(ports(tracker.top(4, Order::start)), (Ports{4, 3, 2, 1}));
  EXPECT_TRUE(tracker.top(0, Order::start).empty());
}

TEST(TopFlows, OfEqualRankStandInTheOrderOfTheirIds) {
  Feed feed{TrackerOptions{.idle = 10s}};
  feed.send(of_port(3));
  feed.send(of_port(5), 4s);
  for (const std::uint16_t port : Ports{9, 2, 7}) feed.send(of_port(port), 13s);
  for (const Order order : {Order::packets, Order::bytes, Order::packet_rate, Order::byte_rate}) {
    EXPECT_EQ(ports(feed.tracker.top(3, order)), (Ports{5, 9, 2}));
  }
}

TEST(TopFlows, AreRankedExactlyAtTheEndsOfTime) {
  Feed feed{TrackerOptions{.idle = 0s}};
  const auto send = [&](const FrameFields& fields, Timestamp time) {
    const auto frame = make_frame(fields);
    feed.tracker.add(packet_of(frame, time));
  };
  send(of_port(1), at(0s));
  send(of_port(2), at(0s));
  send(of_port(3), Timestamp::min());
  send(of_port(2), Timestamp::min() + 1ns);
  send(of_port(1), Timestamp::min());
  EXPECT_EQ(ports(feed.tracker.top(all, Order::packet_rate)), (Ports{2, 1, 3}));
  EXPECT_EQ(ports(feed.tracker.top(all, Order::start)), (Ports{1, 3, 2}));
}

TEST(LiveFlows, AreFoundWalkedAndRankedWithoutAnAllocationForEach) {
  Feed feed;
  for (std::uint16_t port = 1; port <= 5000; ++port) feed.send(of_port(port, port % 97U));
  const FrameFields fields = of_port(4000);
  std::size_t before = weir::test::allocation_count();
  EXPECT_NE(find(feed.tracker, fields), nullptr);
  std::uint64_t packets = 0;
  for (const Flow& flow : feed.tracker.flows()) packets += flow.from_originator().packets;
  EXPECT_EQ(weir::test::allocation_count(), before);
  EXPECT_EQ(packets, 5000U);
  for (const std::size_t count : {std::size_t{1}, std::size_t{100}, all}) {
    before = weir::test::allocation_count();
    const auto top = feed.tracker.top(count, Order::byte_rate);
    EXPECT_LE(weir::test::allocation_count() - before, 2U);
    EXPECT_EQ(top.capacity(), std::min(count, std::size_t{5000}));
  }
  const LiveFlows flows = feed.tracker.flows();
  static_assert(noexcept(++flows.begin()));
}

}  // namespace
}  // namespace weir::flow::test
