// Sender between two adapters back to back: what it is given arrives, or is told not to have left.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "support/allocations.h"
#include "system/network.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/inject/sender.h"

namespace weir::test {
namespace {

using capture::Live;
using inject::Refusal;
using inject::SendCounts;
using inject::Sender;
using inject::Sent;
using namespace std::chrono_literals;

/// numbered_frame() of another length.
Octets frame_of(std::size_t length, std::uint64_t number) {
  Octets frame = numbered_frame(number);
  frame.resize(length, static_cast<std::uint8_t>(length));
  return frame;
}

std::vector<Octets> arrived(PacketSource& source, std::size_t count) {
  std::vector<Octets> frames;
  for (const OwnedPacket& packet : collect(source, count))
    frames.push_back(octets(packet.packet()));
  return frames;
}

void expect_identity(const SendCounts& counts) {
  EXPECT_EQ(counts.asked, counts.sent + counts.refused() + counts.queued);
}

class SenderTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    far.emplace("far", capture::LiveOptions{.traffic = capture::Traffic::in});
  }
  std::optional<Live> far;
};

TEST_F(SenderTest, EveryLengthArrivesByteForByteAndInOrder) {
  Sender sender{"near"};
  std::vector<Octets> frames;
  std::uint64_t bytes = 0;
  for (std::size_t length = 14; length <= 1514; length += 25) {
    frames.push_back(frame_of(length, length));
    bytes += length;
  }
  const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
  const Sent sent = sender.send(borrowed);
  EXPECT_TRUE(sent);
  EXPECT_EQ(sent.frames, frames.size());
  EXPECT_EQ(arrived(*far, frames.size()), frames);
  EXPECT_EQ(sender.counts().sent, frames.size());
  EXPECT_EQ(sender.counts().bytes, bytes);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, AFrameIsRepeatedSoManyTimes) {
  Sender sender{"near"};
  const Octets frame = numbered_frame(1);
  EXPECT_EQ(sender.send(frame, 200).frames, 200U);
  EXPECT_EQ(sender.send(frame, 0).frames, 0U);
  EXPECT_EQ(arrived(*far, 201), std::vector<Octets>(200, frame));
}

TEST_F(SenderTest, PacketsAreSentAsCaptured) {
  Sender sender{"near"};
  const Octets first = numbered_frame(1);
  const Octets second = numbered_frame(2);
  const std::array<Packet, 3> packets{Packet{.data = first},
                                      Packet{.data = first, .link_type = LinkType::raw},
                                      Packet{.data = second, .wire_length = 4'000}};
  const Sent sent = sender.send(packets);
  EXPECT_EQ(sent.frames, 2U);
  EXPECT_EQ(sent.refusal, Refusal::link_type);
  EXPECT_EQ(sender.counts().refused(Refusal::link_type), 1U);
  EXPECT_EQ(arrived(*far, 3), (std::vector<Octets>{first, second}));
  expect_identity(sender.counts());
}

TEST_F(SenderTest, AQueueWaitsForItsFlush) {
  Sender sender{"near"};
  const Octets first = numbered_frame(1);
  EXPECT_EQ(sender.queue(first, 2).frames, 2U);
  EXPECT_TRUE(
      sender.queue(80, [](MutableBytes to) { std::ranges::copy(frame_of(80, 2), to.begin()); }));
  EXPECT_EQ(sender.counts().queued, 3U);
  EXPECT_TRUE(arrived(*far, 1).empty());
  EXPECT_EQ(sender.flush().frames, 3U);
  EXPECT_EQ(sender.counts().queued, 0U);
  EXPECT_EQ(arrived(*far, 3), (std::vector<Octets>{first, first, frame_of(80, 2)}));
  EXPECT_EQ(sender.flush().frames, 0U);
}

TEST_F(SenderTest, WhatIsSentAtOnceLeavesBehindWhatWaits) {
  Sender sender{"near"};
  sender.queue(numbered_frame(1));
  EXPECT_TRUE(sender.send(numbered_frame(2)));
  EXPECT_TRUE(
      sender.send(64, [](MutableBytes to) { std::ranges::copy(numbered_frame(3), to.begin()); }));
  EXPECT_EQ(arrived(*far, 3),
            (std::vector<Octets>{numbered_frame(1), numbered_frame(2), numbered_frame(3)}));
}

TEST_F(SenderTest, TheQueueGrowsToItsCap) {
  Sender sender{"near", {.queue_size = 128, .largest_queue = 100 * (64 + 8)}};
  std::uint64_t queued = 0;
  while (sender.queue(numbered_frame(queued))) ++queued;
  EXPECT_EQ(queued, 100U);
  EXPECT_EQ(sender.counts().refused(Refusal::queue_full), 1U);
  expect_identity(sender.counts());
  EXPECT_EQ(sender.flush().frames, 100U);
  const std::vector<Octets> frames = arrived(*far, 100);
  ASSERT_EQ(frames.size(), 100U);
  for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i], numbered_frame(i));
}

/// As the far adapter counts them.
std::uint64_t received_by_far() {
  const std::string told = output_of_ip("-s -j link show far");
  const std::string before = "\"rx\":{\"bytes\":";
  const std::size_t at = told.find("\"packets\":", told.find(before));
  return std::stoull(told.substr(at + 10));
}

TEST_F(SenderTest, AMillionFramesWaitAndLeave) {
  far.reset();
  constexpr std::uint64_t frames = 1'000'000;
  Sender sender{"near", {.largest_queue = frames * (64 + 8)}};
  const std::uint64_t before = received_by_far();
  EXPECT_EQ(sender.queue(numbered_frame(1), frames).frames, frames);
  EXPECT_EQ(sender.counts().queued, frames);
  EXPECT_EQ(sender.flush().frames, frames);
  EXPECT_EQ(received_by_far() - before, frames);
  EXPECT_EQ(sender.counts().bytes, frames * 64);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, AFrameThatCannotBeWrittenIsNone) {
  Sender sender{"near"};
  const auto fail = [](MutableBytes) { throw std::runtime_error{"no"}; };
  EXPECT_THROW(sender.queue(64, fail), std::runtime_error);
  EXPECT_EQ(sender.counts().asked, 0U);
  EXPECT_TRUE(sender.send(numbered_frame(1)));
  EXPECT_EQ(arrived(*far, 2), std::vector<Octets>{numbered_frame(1)});
}

TEST_F(SenderTest, QueuesOfSeveralAreFlushedTogether) {
  std::vector<Sender> senders;
  senders.emplace_back("near");
  senders.emplace_back("near");
  senders[0].queue(numbered_frame(1));
  senders[1].queue(numbered_frame(2), 2);
  EXPECT_EQ(inject::flush(senders).frames, 3U);
  EXPECT_EQ(arrived(*far, 4).size(), 3U);
}

TEST_F(SenderTest, OfSeveralTheFirstRefusalIsTold) {
  std::vector<Sender> senders;
  senders.emplace_back("near");
  senders.emplace_back("far");
  senders[0].queue(frame_of(1'519, 1));
  senders[1].queue(numbered_frame(1));
  ip("link set far down");
  EXPECT_EQ(inject::flush(senders).refusal, Refusal::too_long);
  EXPECT_EQ(senders[1].counts().queued, 1U);
}

TEST_F(SenderTest, WhatCannotLeaveIsLeftOutAndNamed) {
  Sender sender{"near"};
  const std::array<Octets, 6> frames{Octets{},          Octets(13),
                                     Octets(70'000),    frame_of(1'519, 1),
                                     numbered_frame(2), tagged(frame_of(1'514, 3), 5)};
  const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
  const Sent sent = sender.send(borrowed);
  EXPECT_EQ(sent.frames, 2U);
  EXPECT_EQ(sent.refusal, Refusal::too_short);
  EXPECT_EQ(sender.counts().refused(Refusal::too_short), 2U);
  EXPECT_EQ(sender.counts().refused(Refusal::too_long), 2U);
  EXPECT_EQ(arrived(*far, 3), (std::vector<Octets>{frames[4], frames[5]}));
  expect_identity(sender.counts());

  const Sent too_long = sender.send(frames[3]);
  EXPECT_EQ(too_long.refusal, Refusal::too_long);
  EXPECT_EQ(too_long.error, EMSGSIZE);
  EXPECT_EQ(sender.queue(frames[1]).refusal, Refusal::too_short);
  EXPECT_TRUE(sender.queue(65'557, [](MutableBytes) {}));
  EXPECT_EQ(sender.queue(65'558, [](MutableBytes) { FAIL(); }).refusal, Refusal::too_long);
}

TEST_F(SenderTest, AnAdapterThatIsDownLeavesTheQueueAsItIs) {
  Sender sender{"near"};
  sender.queue(numbered_frame(1), 3);
  ip("link set near down");
  const Sent sent = sender.flush();
  EXPECT_EQ(sent.frames, 0U);
  EXPECT_EQ(sent.refusal, Refusal::adapter_down);
  EXPECT_EQ(sent.error, ENETDOWN);
  EXPECT_EQ(sender.counts().queued, 3U);
  EXPECT_EQ(sender.send(numbered_frame(2), 5).refusal, Refusal::adapter_down);
  EXPECT_EQ(sender.counts().refused(Refusal::adapter_down), 5U);
  expect_identity(sender.counts());

  ip("link set near up");
  wait_for_carriers(2);
  EXPECT_EQ(sender.flush().frames, 3U);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, ALinkThatWasDownForAMomentIsNoReason) {
  Sender sender{"near"};
  ip("link set near down");
  ip("link set near up");
  wait_for_carriers(2);
  EXPECT_TRUE(sender.send(numbered_frame(1)));
}

TEST_F(SenderTest, AFrameWrittenForAnAdapterThatIsDownDoesNotWait) {
  Sender sender{"near"};
  ip("link set near down");
  const auto fill = [](MutableBytes to) { std::ranges::copy(numbered_frame(1), to.begin()); };
  const Sent sent = sender.send(64, fill);
  EXPECT_EQ(sent.refusal, Refusal::adapter_down);
  EXPECT_EQ(sender.counts().refused(Refusal::adapter_down), 1U);
  EXPECT_EQ(sender.counts().queued, 0U);
  sender.queue(numbered_frame(2));
  EXPECT_EQ(sender.send(64, fill).refusal, Refusal::adapter_down);
  EXPECT_EQ(sender.counts().queued, 1U);
  expect_identity(sender.counts());
  EXPECT_EQ(sender.send(70'000, fill).refusal, Refusal::adapter_down);
  sender.discard();
  EXPECT_EQ(sender.send(70'000, fill).refusal, Refusal::too_long);
  EXPECT_EQ(sender.send(13, [](MutableBytes) {}).refusal, Refusal::too_short);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, AnAdapterThatHasAnotherNameIsTheSameAndElsewhereIsGone) {
  const ElsewhereProcess elsewhere;
  Sender sender{"near"};
  ip("link set near down");
  ip("link set near name renamed");
  ip("link set renamed up");
  wait_for_carriers(2);
  EXPECT_TRUE(sender.send(numbered_frame(1)));
  ip("link set renamed netns " + elsewhere.id());
  EXPECT_EQ(sender.send(numbered_frame(1), 2).refusal, Refusal::adapter_gone);
  EXPECT_EQ(sender.counts().refused(Refusal::adapter_gone), 2U);
}

TEST_F(SenderTest, AnAdapterThatIsGoneRefusesAll) {
  Sender sender{"near"};
  sender.queue(numbered_frame(1), 2);
  ip("link del near");
  EXPECT_EQ(sender.flush().refusal, Refusal::adapter_gone);
  EXPECT_EQ(sender.counts().queued, 0U);
  EXPECT_EQ(sender.send(numbered_frame(1), 100).refusal, Refusal::adapter_gone);
  EXPECT_EQ(sender.counts().refused(Refusal::adapter_gone), 102U);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, DiscardedFramesAreCounted) {
  Sender sender{"near"};
  sender.queue(numbered_frame(1), 4);
  sender.discard();
  EXPECT_EQ(sender.counts().refused(Refusal::stopped), 4U);
  EXPECT_EQ(sender.flush().frames, 0U);
  expect_identity(sender.counts());
}

// 2,000 bytes at 8 Mbit/s and room for two frames: most have to wait, none of them for long.
TEST_F(SenderTest, AFullAdapterIsWaitedFor) {
  run("tc qdisc add dev near root tbf rate 8mbit burst 2k limit 3k");
  Sender sender{"near", {.patience = 100ms}};
  const Octets frame = frame_of(1'000, 1);
  EXPECT_EQ(sender.send(frame, 300).frames, 300U);
  EXPECT_GT(sender.counts().retried, 0U);
  EXPECT_EQ(arrived(*far, 301).size(), 300U);
}

// The adapter's queue has room for more than the socket's buffer.
TEST_F(SenderTest, ASocketThatIsFullIsWaitedForToo) {
  run("tc qdisc add dev near root tbf rate 8mbit burst 2k limit 10m");
  Sender sender{"near"};
  const Octets frame = frame_of(1'000, 1);
  EXPECT_EQ(sender.send(frame, 400).frames, 400U);
  EXPECT_GT(sender.counts().retried, 0U);
  Sender hasty{"near", {.patience = 1ms}};
  const Sent sent = hasty.send(frame, 400);
  EXPECT_LT(sent.frames, 400U);
  EXPECT_EQ(sent.refusal, Refusal::no_buffers);
  EXPECT_EQ(sent.error, EAGAIN);
}

TEST_F(SenderTest, AnAdapterThatStaysFullIsGivenUp) {
  run("tc qdisc add dev near root tbf rate 8kbit burst 2k limit 3k");
  Sender sender{"near", {.patience = 20ms}};
  const Sent sent = sender.send(frame_of(1'000, 1), 100);
  EXPECT_LT(sent.frames, 100U);
  EXPECT_EQ(sent.refusal, Refusal::no_buffers);
  EXPECT_EQ(sent.error, ENOBUFS);
  EXPECT_EQ(sender.counts().refused(Refusal::no_buffers), 100 - sent.frames);
  expect_identity(sender.counts());
}

// Room for a few frames of 1,000 bytes.
constexpr const char* full_soon = "tc qdisc add dev near root tbf rate 8kbit burst 2k limit 3k";

TEST_F(SenderTest, WhatIsRefusedBehindAQueueIsForWhatKeepsThatFromLeaving) {
  run(full_soon);
  Sender sender{"near", {.patience = 0ms}};
  sender.queue(frame_of(1'519, 1));
  sender.queue(frame_of(1'000, 1), 20);
  const Sent sent = sender.send(numbered_frame(2), 5);
  EXPECT_EQ(sent.refusal, Refusal::no_buffers);
  EXPECT_EQ(sender.counts().refused(Refusal::no_buffers), 5U);
  EXPECT_EQ(sender.counts().refused(Refusal::too_long), 1U);
  expect_identity(sender.counts());
}

TEST_F(SenderTest, AQueueThatNeverRunsEmptyHasTheRoomOfWhatIsGone) {
  run("tc qdisc add dev near root tbf rate 8mbit burst 2k limit 3k");
  Sender sender{"near", {.queue_size = 0, .largest_queue = 10'000, .patience = 0ms}};
  std::uint64_t queued = 0;
  for (int round = 0; round < 1'000 && sender.counts().sent < 50; ++round) {
    while (sender.counts().queued < 5) ASSERT_TRUE(sender.queue(frame_of(1'000, ++queued)));
    sender.flush();
    std::this_thread::sleep_for(1ms);
  }
  const std::uint64_t sent = sender.counts().sent;
  EXPECT_GE(sent, 50U);
  const std::vector<Octets> frames = arrived(*far, sent);
  ASSERT_EQ(frames.size(), sent);
  for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i], frame_of(1'000, i + 1));
}

TEST_F(SenderTest, WhoIsToldToStopStopsWhileItWaitsToo) {
  run(full_soon);
  int asked = 0;
  Sender sender{"near", {.patience = std::chrono::hours{1}, .stop = [&] { return ++asked > 20; }}};
  sender.queue(frame_of(1'000, 1), 100);
  const Sent flushed = sender.flush();
  EXPECT_LT(flushed.frames, 100U);
  EXPECT_EQ(flushed.refusal, Refusal::stopped);
  EXPECT_EQ(sender.counts().queued, 100U - flushed.frames);
  sender.discard();
  EXPECT_EQ(sender.send(frame_of(1'000, 1), UINT64_MAX).refusal, Refusal::stopped);
}

TEST_F(SenderTest, MoreThanCanBeCountedIsNotNothing) {
  Sender sender{"near", {.stop = [] { return true; }}};
  const Octets frame = numbered_frame(1);
  const std::array<Packet, 2> packets{Packet{.data = frame}, Packet{.data = frame}};
  EXPECT_EQ(sender.send(packets, std::uint64_t{1} << 63).refusal, Refusal::stopped);
  EXPECT_EQ(sender.counts().asked, UINT64_MAX);
}

TEST_F(SenderTest, TwoSendAtOnce) {
  std::uint64_t sent[2]{};
  const auto send = [](std::uint64_t number, std::uint64_t& frames) {
    Sender sender{"near"};
    const Octets frame = numbered_frame(number);
    for (int i = 0; i < 40; ++i) frames += sender.send(frame, 10).frames;
  };
  std::thread other{[&] { send(1, sent[0]); }};
  send(2, sent[1]);
  other.join();
  EXPECT_EQ(sent[0], 400U);
  EXPECT_EQ(sent[1], 400U);
  std::uint64_t counted[2]{};
  for (const OwnedPacket& packet : collect(*far, 800)) ++counted[number_of(packet.packet()) - 1];
  EXPECT_EQ(counted[0], 400U);
  EXPECT_EQ(counted[1], 400U);
}

TEST_F(SenderTest, AllocatesNothing) {
  Sender sender{"near"};
  const Octets frame = numbered_frame(1);
  const std::vector<Bytes> frames(100, frame);
  const auto all = [&] {
    sender.send(frame, 100);
    sender.send(frames);
    sender.queue(frame, 100);
    sender.flush();
  };
  all();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 10; ++i) all();
  EXPECT_EQ(allocation_count(), before);
}

TEST_F(SenderTest, SaysWhatItSendsOn) {
  ip("link property add dev near altname a-very-long-alternative-name");
  const Sender sender{"a-very-long-alternative-name"};
  EXPECT_EQ(sender.adapter(), "near");
  EXPECT_EQ(sender.link_type(), LinkType::ethernet);
  EXPECT_EQ(sender.mtu(), 1'500U);
}

TEST_F(SenderTest, RefusesWhatIsNoAdapterToSendOn) {
  EXPECT_THROW(Sender{"nowhere"}, SystemError);
  EXPECT_THROW(Sender{"any"}, Error);
}

TEST_F(SenderTest, ATunnelTakesIpPackets) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "no /dev/net/tun";
  const Tunnel tunnel{"tunnel"};
  Sender sender{"tunnel"};
  EXPECT_EQ(sender.link_type(), LinkType::raw);
  Live there{"tunnel"};
  Octets version_4(20);
  version_4[0] = 0x45;
  Octets version_6(40);
  version_6[0] = 0x60;
  EXPECT_TRUE(sender.send(version_4));
  EXPECT_TRUE(sender.send(version_6));
  EXPECT_EQ(sender.send(numbered_frame(1)).refusal, Refusal::link_type);
  EXPECT_EQ(sender.send(Octets(19, 0x45)).refusal, Refusal::too_short);
  EXPECT_EQ(sender.send(Octets(39, 0x60)).refusal, Refusal::too_short);
  EXPECT_EQ(arrived(there, 3), (std::vector<Octets>{version_4, version_6}));
}

}  // namespace
}  // namespace weir::test
