// Several sources that share an adapter's packets.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>

#include "support/frames.h"
#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using capture::Fanout;
using capture::Live;
using namespace std::chrono_literals;

std::vector<Live> group(std::size_t size, Fanout fanout) {
  std::vector<Live> sources;
  for (std::size_t i = 0; i < size; ++i) {
    sources.emplace_back("far", capture::LiveOptions{.ring_size = 8 << 20, .fanout = fanout});
  }
  return sources;
}

/// Flow `number`, forth or back.
Octets of_flow(std::uint16_t number, bool forth, std::uint8_t mark) {
  wire::Ipv4Fields ip = ip4(17);
  std::uint16_t source = static_cast<std::uint16_t>(2000 + number);
  std::uint16_t destination = 9;
  if (!forth) {
    std::swap(ip.source, ip.destination);
    std::swap(source, destination);
  }
  const wire::UdpFields ports{.source_port = source, .destination_port = destination};
  return frame(eth(0x0800), ip, ports, rest(8, mark));
}

using LiveFanout = LiveTest;

TEST_F(LiveFanout, EachPacketGoesToExactlyOneSource) {
  for (const auto by : {Fanout::By::hash, Fanout::By::cpu, Fanout::By::rollover}) {
    for (const std::size_t size : {2U, 4U}) {
      auto sources = group(size, {.by = by, .id = capture::unique_fanout()});
      constexpr std::uint64_t count = 3000;
      Stream stream{"near", count};
      ASSERT_EQ(stream.finish(), count);
      std::set<std::uint64_t> seen;
      for (Live& source : sources) {
        for (const OwnedPacket& packet : collect(source)) {
          EXPECT_TRUE(seen.insert(number_of(packet.packet())).second) << "twice";
        }
      }
      EXPECT_EQ(seen.size(), count) << size;
    }
  }
}

TEST_F(LiveFanout, ThoseWhoJoinUnderLoadGetNothingTwice) {
  Stream stream{"near", 10'000'000};
  auto sources = group(4, {.by = Fanout::By::rollover, .id = capture::unique_fanout()});
  std::this_thread::sleep_for(20ms);
  stream.stop();
  const std::uint64_t sent = stream.finish();
  std::vector<int> seen(sent);
  for (Live& source : sources) {
    for (const OwnedPacket& packet : collect(source)) {
      ASSERT_LT(number_of(packet.packet()), sent);
      ASSERT_EQ(++seen[number_of(packet.packet())], 1) << number_of(packet.packet());
    }
  }
}

TEST_F(LiveFanout, FlowsStayTogetherInBothDirections) {
  auto sources = group(4, {.id = capture::unique_fanout()});
  const FrameSender sender{"near"};
  for (std::uint8_t round = 0; round < 4; ++round) {
    for (std::uint16_t flow = 0; flow < 64; ++flow) {
      sender.send(of_flow(flow, round % 2 == 0, round));
    }
  }
  std::map<std::uint16_t, std::set<const Live*>> whose;
  std::set<const Live*> used;
  std::size_t packets = 0;
  for (Live& source : sources) {
    for (const OwnedPacket& owned : collect(source)) {
      const std::uint8_t* const ports = owned.packet().data.data() + 34;
      const auto flow = std::max(load_be<std::uint16_t>(ports), load_be<std::uint16_t>(ports + 2));
      whose[flow].insert(&source);
      used.insert(&source);
      ++packets;
    }
  }
  EXPECT_EQ(packets, 256U);
  EXPECT_EQ(whose.size(), 64U);
  for (const auto& [flow, owners] : whose) EXPECT_EQ(owners.size(), 1U) << flow;
  EXPECT_GT(used.size(), 1U) << "all flows went to one source";
}

TEST_F(LiveFanout, GroupsAreApart) {
  const std::uint16_t one = capture::unique_fanout();
  const std::uint16_t other = capture::unique_fanout();
  EXPECT_NE(one, other);
  auto first = group(2, {.id = one});
  auto second = group(2, {.id = other});
  FrameSender{"near"}.send(numbered_frame(1));
  EXPECT_EQ(collect(first[0]).size() + collect(first[1]).size(), 1U);
  EXPECT_EQ(collect(second[0]).size() + collect(second[1]).size(), 1U);
}

TEST_F(LiveFanout, AGroupThatSharesDifferentlyIsRefused) {
  const std::uint16_t id = capture::unique_fanout();
  const Live first{"far", {.fanout = Fanout{.by = Fanout::By::hash, .id = id}}};
  EXPECT_THROW((Live{"far", {.fanout = Fanout{.by = Fanout::By::cpu, .id = id}}}), SystemError);
}

}  // namespace
}  // namespace weir::test
