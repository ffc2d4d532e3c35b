// What is sent with a time, mark and priority has them on its way; others have none.
#include "sys/departure.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <thread>

#include "support/frames.h"
#include "sys/bpf_link.h"
#include "sys/send_batch.h"
#include "system/child.h"
#include "system/network.h"
#include "system/sys/observing.h"
#include "system/sys/programs.h"

namespace weir::test {
namespace {

using sys::Departure;
using sys::DepartureLimits;
using sys::Offload;
using sys::PacketSocket;
using sys::SendBatch;

class DepartureTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
    near = ::if_nametoindex("near");
    if (!sys::programs_at(near, sys::Hook::egress)) GTEST_SKIP() << "needs tcx (Linux 6.6)";
    // Of this namespace.
    socket.emplace(PacketSocket::Kind::raw);
    ASSERT_EQ(socket->set_departure_times(), 0);
    ASSERT_EQ(socket->bind_to_send(near), 0);
  }

  /// What the program saw of a frame that was sent so.
  std::vector<std::uint64_t> seen(const Departure& departure, const DepartureLimits& limits) {
    const sys::MappedArray map{4, 1};
    const sys::TrafficControlProgram program{as_bytes(observing(map))};
    const sys::TcxLink link{program, near, sys::Hook::egress};
    SendBatch batch{near, false, limits};
    batch.add(frame, 0, nullptr, departure);
    const SendBatch::Outcome outcome = batch.send(*socket, 0);
    EXPECT_EQ(outcome.sent, 1U) << std::strerror(outcome.error);
    return {map.words().begin(), map.words().end()};
  }

  std::uint32_t near = 0;
  std::optional<PacketSocket> socket{};
  Octets frame = numbered_frame(1);
};

using Words = std::vector<std::uint64_t>;

TEST_F(DepartureTest, AFrameHasWhatItIsSentWith) {
  const DepartureLimits limits = sys::departure_limits();
  ASSERT_TRUE(limits.marks);
  if (limits.highest_priority == 0) GTEST_SKIP() << "needs Linux 6.14";
  const std::uint64_t tag = 0x57e1'1000'0000'0001;
  EXPECT_EQ(seen({.time = tag, .mark = 0xabcd0001, .priority = 0x70007}, limits),
            (Words{tag, 0xabcd0001, 0x70007, 1}));
  EXPECT_EQ(seen({.time = tag}, limits), (Words{tag, 0, 0, 1}));
  EXPECT_EQ(seen({.time = tag, .priority = 3}, limits), (Words{tag, 0, 3, 1}));
}

TEST_F(DepartureTest, WhatIsBeyondTheLimitsIsLeftOut) {
  const Departure departure{.time = 5, .mark = 6, .priority = 7};
  EXPECT_EQ(seen(departure, {.marks = false, .highest_priority = 6}), (Words{5, 0, 0, 1}));
  EXPECT_EQ(seen(departure, {.marks = true, .highest_priority = 0}), (Words{5, 6, 0, 1}));
}

TEST_F(DepartureTest, FramesOfABatchKeepTheirOwn) {
  SendBatch batch{near, false, sys::departure_limits()};
  const sys::MappedArray map{4, 1};
  const sys::TrafficControlProgram program{as_bytes(observing(map))};
  const sys::TcxLink link{program, near, sys::Hook::egress};
  batch.add(frame, 0, nullptr, {.time = 9, .mark = 1});
  batch.add(frame);
  EXPECT_EQ(batch.send(*socket, 0).sent, 2U);
  EXPECT_EQ(map.words()[0], 0U);
  EXPECT_EQ(map.words()[1], 0U);
  EXPECT_EQ(map.words()[3], 2U);
  batch.clear();
  batch.add(frame);
  EXPECT_EQ(batch.send(*socket, 0).sent, 1U);
  EXPECT_EQ(map.words()[0], 0U);
}

TEST_F(DepartureTest, WithoutRightsTheTimeIsKeptAndTheMarkIsNotAskedFor) {
  in_child([this] {
    ASSERT_EQ(::seteuid(65'534), 0);
    const DepartureLimits limits = sys::departure_limits();
    EXPECT_FALSE(limits.marks);
    EXPECT_LE(limits.highest_priority, 6U);
    SendBatch batch{near, false, limits};
    batch.add(frame, 0, nullptr, {.time = 5, .mark = 6, .priority = 7});
    EXPECT_EQ(batch.send(*socket, 0).sent, 1U);
    SendBatch beyond{near, false, DepartureLimits{}};
    beyond.add(frame, 0, nullptr, {.time = 5, .mark = 6});
    EXPECT_EQ(beyond.send(*socket, 0).error, EPERM);
  });
}

TEST_F(DepartureTest, SegmentsSayThatTheySufferCongestion) {
  ASSERT_EQ(socket->send_offload_headers(true), 0);
  const PacketSocket far{PacketSocket::Kind::raw};
  ASSERT_EQ(far.send_offload_headers(true), 0);
  ASSERT_EQ(far.bind(::if_nametoindex("far")), 0);
  const Octets sent = test::frame(eth(0x0800), ip4(6), tcp(), rest(4000));
  for (const bool congestion : {false, true}) {
    SendBatch batch{near, true, DepartureLimits{}};
    const Offload offload{.segments = Offload::Segments::tcp_ipv4,
                          .congestion = congestion,
                          .header_length = 54,
                          .segment_size = 1000,
                          .checksum_start = 34,
                          .checksum_offset = 16};
    batch.add(sent, 0, &offload, {.time = 5});
    EXPECT_EQ(batch.send(*socket, 0).sent, 1U);
    Octets received(5000);
    for (int i = 0; i < 1000; ++i) {
      const ssize_t size =
          ::recv(far.descriptor().number(), received.data(), received.size(), MSG_DONTWAIT);
      if (size > 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    EXPECT_EQ(received[1], congestion ? 0x81 : 0x01);
  }
}

}  // namespace
}  // namespace weir::test
