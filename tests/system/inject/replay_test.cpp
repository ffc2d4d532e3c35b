// Replay between two adapters back to back: its schedule, loops, limits, and what ends it.
#include "weir/inject/replay.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/allocations.h"
#include "system/network.h"
#include "unit/wire/edit_samples.h"
#include "weir/capture/live.h"
#include "weir/inject/packet_store.h"

namespace weir::test {
namespace {

using capture::Live;
using inject::Refusal;
using inject::Replay;
using inject::ReplayEnd;
using inject::ReplayOptions;
using inject::Sender;
using namespace std::chrono_literals;

/// Numbered frames, so far apart.
class Recording final : public PacketSource {
 public:
  Recording(std::size_t count, Duration gap) {
    for (std::size_t i = 0; i < count; ++i) frames_.push_back(numbered_frame(i));
    for (std::size_t i = 0; i < count; ++i) {
      packets_.push_back({.data = frames_[i],
                          .timestamp = Timestamp{1h + static_cast<std::int64_t>(i) * gap},
                          .wire_length = static_cast<std::uint32_t>(frames_[i].size()),
                          .direction = i % 2 == 0 ? Direction::in : Direction::out});
    }
  }
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override { return {}; }
  void stop() noexcept override { is_over_ = true; }
  [[nodiscard]] std::span<const Packet> packets() const noexcept { return packets_; }

 private:
  Batch next(Deadline /*deadline*/) override {
    if (is_over_.exchange(true)) return {};
    return {.packets = packets_, .state = SourceState::packets};
  }

  std::vector<Octets> frames_;
  std::vector<Packet> packets_;
  std::atomic<bool> is_over_{false};
};

/// Says nothing until it is stopped.
class Silence final : public PacketSource {
 public:
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override { return {}; }
  void stop() noexcept override { is_over_.store(true); }

 private:
  Batch next(Deadline /*deadline*/) override {
    while (!is_over_.load()) std::this_thread::sleep_for(1ms);
    return {.state = SourceState::stopped};
  }

  std::atomic<bool> is_over_{false};
};

std::vector<std::uint64_t> numbers(PacketSource& source, std::size_t count) {
  std::vector<std::uint64_t> numbers;
  for (const OwnedPacket& packet : collect(source, count)) {
    numbers.push_back(number_of(packet.packet()));
  }
  return numbers;
}

std::vector<std::uint64_t> loops_of(std::uint64_t count, int loops) {
  std::vector<std::uint64_t> all;
  for (int loop = 0; loop < loops; ++loop) {
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(i);
  }
  return all;
}

ReplayOptions at_top(ReplayOptions options = {}) {
  options.rate = inject::parse_rate("top");
  return options;
}

class ReplayTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    far.emplace("far", capture::LiveOptions{.traffic = capture::Traffic::in});
  }
  std::optional<Live> far;
};

TEST_F(ReplayTest, NoFrameIsEarly) {
  Recording recording{50, 2ms};
  Replay replay{Sender{"near"}};
  EXPECT_EQ(replay.run(recording), ReplayEnd::limit);
  const auto figures = replay.figures();
  EXPECT_EQ(figures.packets, 50U);
  EXPECT_EQ(figures.loops, 1U);
  EXPECT_EQ(figures.deviation.count(), 50U);
  EXPECT_GE(figures.duration, 98ms);
  EXPECT_EQ(numbers(*far, 50), loops_of(50, 1));
}

TEST_F(ReplayTest, NoFrameIsEarlyForATimeWithoutAny) {
  const Recording recording{3, 20ms};
  Replay replay{Sender{"near"}};
  std::this_thread::sleep_for(60ms);
  replay.flush_if_due();
  replay.write({}, recording.packets());
  EXPECT_GE(replay.figures().duration, 40ms);
}

TEST_F(ReplayTest, ADryRunTellsOfItselfAndHasAnEnd) {
  const Recording recording{3, 1h};
  ReplayOptions options{.loops = 0};
  const auto dry = [] { return Sender{"near", {.dry_run = true}}; };
  EXPECT_THROW((Replay{dry(), options}), Error);
  options.packets = UINT64_MAX;
  options.on_progress = [](const inject::ReplayFigures&) { return false; };
  Replay replay{dry(), options};
  EXPECT_EQ(replay.run(recording.packets()), ReplayEnd::stopped);
}

TEST_F(ReplayTest, ALateFrameMovesNoOther) {
  Recording recording{50, 2ms};
  int asked = 0;
  ReplayOptions options;
  options.on_progress = [&](const inject::ReplayFigures&) {
    if (++asked == 1) std::this_thread::sleep_for(1s);
    return true;
  };
  options.rate = inject::parse_rate("20pps");
  Replay replay{Sender{"near"}, options};
  replay.run(recording);
  EXPECT_GE(asked, 1);
  EXPECT_GE(replay.figures().deviation.max(), 500ms);
  // A second of the 2.45 is not added: a machine as busy as that has more to worry about.
  EXPECT_LT(replay.figures().behind, 500ms);
}

TEST_F(ReplayTest, LoopsOpenTheirSourceAnewOrKeepIt) {
  int opened = 0;
  const auto open = [&] {
    ++opened;
    return std::make_unique<Recording>(20, 1us);
  };
  Replay reading{Sender{"near"}, at_top({.loops = 3})};
  EXPECT_EQ(reading.run(open), ReplayEnd::limit);
  EXPECT_EQ(opened, 3);
  EXPECT_EQ(numbers(*far, 60), loops_of(20, 3));
  Replay keeping{Sender{"near"}, at_top({.loops = 3, .preload = true})};
  EXPECT_EQ(keeping.run(open), ReplayEnd::limit);
  EXPECT_EQ(opened, 4);
  EXPECT_EQ(numbers(*far, 60), loops_of(20, 3));
  EXPECT_EQ(keeping.figures().loops, 3U);
}

TEST_F(ReplayTest, ASourceThatIsGivenIsReadOnce) {
  Recording recording{5, 1us};
  Replay replay{Sender{"near"}, at_top({.loops = 2})};
  EXPECT_THROW(replay.run(recording), Error);
  Replay keeping{Sender{"near"}, at_top({.loops = 2, .preload = true})};
  EXPECT_EQ(keeping.run(recording), ReplayEnd::limit);
  EXPECT_EQ(keeping.figures().packets, 10U);
}

TEST_F(ReplayTest, DamageEndsNoLoopButItsOwn) {
  for (const bool preload : {false, true}) {
    Replay replay{Sender{"near"}, at_top({.loops = 2, .preload = preload})};
    const auto read = [](PacketSink& to) {
      Recording{5, 1us}.copy_to(to);
      throw FormatError{ErrorCode::damaged, 0, "cut"};
    };
    EXPECT_THROW(replay.run(read), FormatError);
    EXPECT_EQ(replay.figures().packets, 10U);
    EXPECT_EQ(replay.figures().loops, 2U);
  }
}

TEST_F(ReplayTest, LimitsEndItExactly) {
  Replay counted{Sender{"near"}, at_top({.loops = 0, .packets = 1234})};
  EXPECT_EQ(counted.run([] { return std::make_unique<Recording>(100, 1us); }), ReplayEnd::limit);
  EXPECT_EQ(counted.figures().packets, 1234U);
  ReplayOptions options{.rate = inject::parse_rate("1kpps"), .loops = 0, .duration = 50ms};
  Replay timed{Sender{"near"}, options};
  EXPECT_EQ(timed.run([] { return std::make_unique<Recording>(100, 1us); }), ReplayEnd::limit);
  EXPECT_LE(timed.figures().packets, 51U);
  EXPECT_GE(timed.figures().packets, 1U);
}

// The packets come late: by the clock all of them are due, by the schedule the limit ends it first.
TEST_F(ReplayTest, WhatIsDueBeyondTheLimitDoesNotLeaveHoweverLateItIs) {
  const Recording recording{60, 1ms};
  Replay replay{Sender{"near"}, {.duration = 50ms}};
  replay.write({}, recording.packets().first(1));
  std::this_thread::sleep_for(70ms);
  replay.write({}, recording.packets().subspan(1));
  EXPECT_EQ(replay.end(), ReplayEnd::limit);
  EXPECT_EQ(replay.figures().packets, 51U);
}

TEST_F(ReplayTest, AnotherThreadEndsItWhateverItWaitsFor) {
  Recording slow{2, 23h};
  Silence silence;
  for (PacketSource* source :
       {static_cast<PacketSource*>(&slow), static_cast<PacketSource*>(&silence)}) {
    Replay replay{Sender{"near"}};
    std::thread other{[&] {
      std::this_thread::sleep_for(20ms);
      replay.stop();
    }};
    EXPECT_EQ(replay.run(*source), ReplayEnd::stopped);
    other.join();
  }
  Replay stopped{Sender{"near"}};
  stopped.stop();
  EXPECT_EQ(stopped.run(silence), ReplayEnd::stopped);
  EXPECT_EQ(stopped.figures().asked, 0U);
}

TEST_F(ReplayTest, FiguresAddUpWhateverIsRefused) {
  Recording recording{10, 1us};
  std::vector<Packet> packets{recording.packets().begin(), recording.packets().end()};
  packets[2].data = packets[2].data.first(13);
  packets[3].link_type = LinkType::raw;
  const Octets jumbo(70'000);
  packets[4].data = jumbo;
  Replay replay{Sender{"near"}, at_top({.loops = 7})};
  replay.run(packets);
  const auto figures = replay.figures();
  EXPECT_EQ(figures.asked, 70U);
  EXPECT_EQ(figures.packets, 49U);
  EXPECT_EQ(figures.packets + figures.refused(), figures.asked);
  EXPECT_EQ(figures.refused(Refusal::too_short), 7U);
  EXPECT_EQ(figures.refused(Refusal::link_type), 7U);
  EXPECT_EQ(figures.refused(Refusal::too_long), 7U);
}

TEST_F(ReplayTest, FramesOfTwoAdaptersKeepTheirOrder) {
  Recording recording{100, 1us};
  std::vector<inject::Outlet> outlets;
  outlets.emplace_back(Sender{"near"});
  outlets.emplace_back(Sender{"far"});
  Live near{"near", {.traffic = capture::Traffic::in}};
  Replay replay{std::move(outlets), at_top({.split = {.kind = inject::Split::Kind::direction}})};
  replay.run(recording);
  std::vector<std::uint64_t> odd, even;
  for (std::uint64_t i = 0; i < 100; ++i) (i % 2 == 0 ? even : odd).push_back(i);
  EXPECT_EQ(numbers(*far, 50), odd);
  EXPECT_EQ(numbers(near, 50), even);
}

TEST_F(ReplayTest, AdaptersAndSplitGoTogether) {
  EXPECT_THROW((Replay{Sender{"near"}, {.split = {.kind = inject::Split::Kind::direction}}}),
               Error);
  std::vector<inject::Outlet> outlets;
  outlets.emplace_back(Sender{"near"});
  outlets.emplace_back(Sender{"far"});
  EXPECT_THROW((Replay{std::move(outlets), {}}), Error);
  EXPECT_THROW((Replay{Sender{"near"}, {.rate = {inject::Rate::Kind::packets, 0}}}), Error);
}

TEST_F(ReplayTest, MoreLoopsThanThereAreAddressesAreRefused) {
  ReplayOptions options{.loops = wire::AddressMap::ipv4_shifts};
  options.rewriting.unique_addresses = true;
  EXPECT_NO_THROW((Replay{Sender{"near"}, options}));
  ++options.loops;
  EXPECT_THROW((Replay{Sender{"near"}, options}), Error);
  options.loops = 0;
  EXPECT_NO_THROW((Replay{Sender{"near"}, options}));
}

TEST_F(ReplayTest, EachPacketWaitsForWhoeverIsAsked) {
  Recording recording{10, 1h};
  int left = 4;
  ReplayOptions options;
  options.before_packet = [&] { return left-- > 0; };
  Replay replay{Sender{"near"}, options};
  EXPECT_EQ(replay.run(recording), ReplayEnd::stopped);
  EXPECT_EQ(numbers(*far, 4), loops_of(4, 1));
}

TEST_F(ReplayTest, BitsAreThoseOfTheFrameThatLeaves) {
  Recording recording{50, 1us};
  ReplayOptions options{.rate = inject::parse_rate("544kbps")};
  options.rewriting.vlan = inject::parse_vlan_change("push:7");
  Replay replay{Sender{"near"}, options};
  replay.run(recording);
  EXPECT_EQ(replay.figures().bytes, 50U * 68);
  EXPECT_GE(replay.figures().duration, 49ms);
}

TEST_F(ReplayTest, ARecordingThatTakesMoreMemoryThanItMayIsRefused) {
  for (const std::uint64_t limit : {1000U, 1'000'000U, 0U}) {
    Recording recording{100, 1us};
    Replay replay{Sender{"near"}, at_top({.preload = true, .preload_limit = limit})};
    if (limit == 1000U) {
      EXPECT_THROW(replay.run(recording), Error);
      EXPECT_EQ(replay.figures().asked, 0U);
    } else {
      EXPECT_EQ(replay.run(recording), ReplayEnd::limit);
      EXPECT_EQ(replay.figures().packets, 100U);
    }
  }
}

TEST_F(ReplayTest, OnlyFramesThatLeftAreCountedAsCut) {
  Recording recording{10, 1us};
  std::vector<Packet> packets{recording.packets().begin(), recording.packets().end()};
  for (const std::size_t i : {1U, 2U, 3U, 9U}) packets[i].wire_length = 1500;
  packets[2].data = packets[2].data.first(13);
  packets[3].link_type = LinkType::raw;
  Replay replay{Sender{"near"}, at_top({.loops = 2})};
  replay.run(packets);
  EXPECT_EQ(replay.figures().cut, 4U);
  EXPECT_EQ(replay.figures().refused(), 4U);
}

/// Datagrams to hosts behind a gateway of "near", the n-th to 198.51.100.n.
class NeighborTest : public ReplayTest {
 protected:
  void SetUp() override {
    ReplayTest::SetUp();
    if (IsSkipped()) return;
    run("ip address add 192.0.2.1/24 dev near && ip route add 198.51.100.0/24 via 192.0.2.77");
    options = at_top();
    options.rewriting.destination_mac = inject::parse_mac_change("auto");
    for (std::uint8_t host = 0; host < 200; ++host) {
      wire::Ipv4Fields header = wire::samples::ipv4;
      header.destination = {{198, 51, 100, host}};
      frames.push_back(
          wire::samples::frame_of(wire::samples::ethernet, header, wire::samples::udp));
    }
    for (const auto& frame : frames) packets.push_back(wire::samples::packet_of(frame));
  }
  ReplayOptions options;
  std::vector<wire::samples::Frame> frames;
  std::vector<Packet> packets;
};

TEST_F(NeighborTest, OneThatDoesNotAnswerIsWaitedForOnce) {
  options.loops = 5;
  Replay replay{Sender{"near"}, options};
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(replay.run(packets), ReplayEnd::limit);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 4500ms);  // one a loop would be 5 s
  EXPECT_EQ(replay.figures().refused(Refusal::no_neighbor), 1000U);
}

TEST_F(NeighborTest, WhatIsDueDoesNotWaitForOneThatIsAsked) {
  const Recording recording{3, 1us};
  std::vector<Packet> all{recording.packets().begin(), recording.packets().end()};
  all.push_back(packets[1]);
  options.rate = inject::parse_rate("1mpps");
  bool had_left = false;
  options.on_progress = [&](const inject::ReplayFigures& figures) {
    had_left |= figures.packets == 3 && figures.refused() == 0;
    return true;
  };
  Replay replay{Sender{"near"}, options};
  replay.run(all);
  EXPECT_EQ(replay.figures().packets, 3U);
  EXPECT_TRUE(had_left);
}

TEST_F(NeighborTest, ADryRunAsksNobody) {
  Replay replay{Sender{"near", {.dry_run = true}}, options};
  replay.run(packets);
  EXPECT_EQ(replay.figures().refused(Refusal::no_neighbor), 200U);
  EXPECT_EQ(replay.figures().duration, Duration::zero());
  EXPECT_TRUE(collect(*far, 1).empty());
}

TEST_F(NeighborTest, AStopIsNoticedWhileOneIsAsked) {
  bool is_asked = true;
  ReplayOptions looking = options;
  looking.on_progress = [&](const inject::ReplayFigures&) { return is_asked = false; };
  for (const ReplayOptions& way : {options, looking}) {
    Replay replay{Sender{"near"}, way};
    std::thread other{[&] {
      std::this_thread::sleep_for(20ms);
      if (!way.on_progress) replay.stop();
    }};
    EXPECT_EQ(replay.run(packets), ReplayEnd::stopped);
    EXPECT_EQ(replay.figures().asked, 0U);
    other.join();
  }
  EXPECT_FALSE(is_asked);
}

TEST_F(NeighborTest, TheTimeEndsItWhileOneIsAsked) {
  options.duration = 50ms;
  Replay replay{Sender{"near"}, options};
  EXPECT_EQ(replay.run(packets), ReplayEnd::limit);
  EXPECT_EQ(replay.figures().asked, 0U);
}

TEST_F(NeighborTest, NothingIsAllocatedForHostsThatAreNew) {
  run("ip neighbour add 192.0.2.77 lladdr 02:00:00:00:00:77 dev near nud permanent");
  Replay replay{Sender{"near"}, options};
  replay.write({}, std::span{packets}.first(1));
  const std::size_t before = allocation_count();
  replay.write({}, std::span{packets}.subspan(1));
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(replay.figures().packets, 200U);
  for (const OwnedPacket& packet : collect(*far, 200)) {
    EXPECT_EQ(MacAddress::load(packet.packet().data.data()),
              (MacAddress{{0x02, 0, 0, 0, 0, 0x77}}));
  }
}

TEST_F(ReplayTest, NothingIsAllocatedForPackets) {
  Recording recording{200, 1us};
  ReplayOptions options{.rate = inject::parse_rate("900gpps"), .loops = 20};
  options.rewriting.source_mac = inject::parse_mac_change("02:00:5e:10:00:09");
  options.rewriting.unique_addresses = true;
  options.split.kind = inject::Split::Kind::none;
  Replay replay{Sender{"near"}, options};
  const std::size_t before = allocation_count();
  replay.run(recording.packets());
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(replay.figures().packets, 4000U);
}

}  // namespace
}  // namespace weir::test
