// What cannot be inserted is told, and nothing is left behind.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "sys/bpf_link.h"
#include "sys/link_state.h"
#include "sys/tap.h"
#include "system/child.h"
#include "system/inject/local_host.h"

namespace weir::test {
namespace {

using inject::Incoming;
using inject::IncomingMethod;
using inject::Refusal;
using inject::SendCounts;
using inject::Sent;

class IncomingRefusals : public EachMethodTest {};

INSTANTIATE_TEST_SUITE_P(ByWay, IncomingRefusals,
                         ::testing::Values(IncomingMethod::xdp, IncomingMethod::redirect),
                         [](const auto& each) { return std::string{name(each.param)}; });

void expect_identity(const SendCounts& counts) {
  EXPECT_EQ(counts.asked, counts.sent + counts.refused() + counts.queued);
}

TEST_P(IncomingRefusals, AFrameThatIsNoneIsLeftOutAndNamed) {
  Incoming incoming = open("near");
  EXPECT_EQ(incoming.insert(Bytes{}).refusal, Refusal::too_short);
  EXPECT_EQ(incoming.insert(Octets(13)).refusal, Refusal::too_short);
  EXPECT_EQ(incoming.insert(Octets(70'000), 3).refusal, Refusal::too_long);
  const Octets good = numbered_frame(1);
  const Octets bad(5);
  const std::vector<Bytes> mixed{good, bad, good};
  const Sent sent = incoming.insert(mixed);
  EXPECT_EQ(sent.frames, 2U);
  EXPECT_EQ(sent.refusal, Refusal::too_short);
  const SendCounts counts = incoming.counts();
  EXPECT_EQ(counts.refused(Refusal::too_short), 3U);
  EXPECT_EQ(counts.refused(Refusal::too_long), 3U);
  EXPECT_EQ(counts.bytes, 2 * good.size());
  expect_identity(counts);
}

TEST_P(IncomingRefusals, PacketsOfAnotherLinkTypeAreLeftOut) {
  Incoming incoming = open("near");
  const Octets frame = numbered_frame(1);
  const std::array<Packet, 3> packets{
      {{.data = frame}, {.data = frame, .link_type = LinkType::raw}, {.data = frame}}};
  const Sent sent = incoming.insert(packets);
  EXPECT_EQ(sent.frames, 2U);
  EXPECT_EQ(sent.refusal, Refusal::link_type);
}

TEST_P(IncomingRefusals, AnAdapterThatIsDownReceivesNothingUntilItIsUp) {
  const UdpReceiver receiver{Family::ipv4};
  Incoming incoming = open("near");
  const Octets frame = datagram_to_near(Family::ipv4, "x");
  EXPECT_EQ(incoming.insert(frame, 7).frames, 7U);
  ip("link set near down");
  const Sent sent = incoming.insert(frame, 5);
  EXPECT_EQ(sent.frames, 0U);
  EXPECT_EQ(sent.refusal, Refusal::adapter_down);
  ip("link set near up");
  EXPECT_EQ(incoming.insert(frame, 2).frames, 2U);
  EXPECT_EQ(receiver.count(), 9U);
  EXPECT_EQ(incoming.counts().refused(Refusal::adapter_down), 5U);
  expect_identity(incoming.counts());
}

TEST_P(IncomingRefusals, AStopRefusesWhatIsLeft) {
  const UdpReceiver receiver{Family::ipv4};
  int asked = 0;
  Incoming incoming{"near", {.method = GetParam(), .stop = [&] { return ++asked > 3; }}};
  const Sent sent = incoming.insert(datagram_to_near(Family::ipv4, "x"), 10);
  EXPECT_EQ(sent.frames, 3U);
  EXPECT_EQ(sent.refusal, Refusal::stopped);
  EXPECT_EQ(receiver.count(), 3U);
  EXPECT_EQ(incoming.counts().refused(Refusal::stopped), 7U);
  expect_identity(incoming.counts());
}

TEST_P(IncomingRefusals, AnAdapterThatHasAnotherNameIsTheSame) {
  const UdpReceiver receiver{Family::ipv4};
  Incoming incoming = open("near");
  ip("link set near down");
  ip("link set near name renamed");
  ip("link set renamed up");
  EXPECT_TRUE(incoming.insert(datagram_to_near(Family::ipv4, "x")));
  EXPECT_EQ(receiver.count(), 1U);
}

TEST_P(IncomingRefusals, AnAdapterThatIsGoneOrElsewhereRefusesAll) {
  const ElsewhereProcess elsewhere;
  Incoming incoming = open("near");
  Incoming other = open("far");
  ip("link set near netns " + elsewhere.id());
  EXPECT_EQ(incoming.insert(numbered_frame(1), 5).refusal, Refusal::adapter_gone);
  ip("link del far");
  const std::vector<Octets> frames(4, numbered_frame(1));
  const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
  const Sent sent = other.insert(borrowed);
  EXPECT_EQ(sent.frames, 0U);
  EXPECT_EQ(sent.refusal, Refusal::adapter_gone);
  EXPECT_EQ(other.counts().refused(Refusal::adapter_gone), 4U);
  expect_identity(other.counts());
}

TEST_P(IncomingRefusals, WhatWasInsertedBeforeTheAdapterWentIsCountedExactly) {
  const UdpReceiver receiver{Family::ipv4};
  Incoming incoming = open("near");
  const Octets frame = datagram_to_near(Family::ipv4, "x");
  const auto dropped = [] { return sys::LinkStates{}.by_name("near")->dropped.value_or(0); };
  const std::uint64_t dropped_before = dropped();
  std::atomic<bool> done{false};
  std::uint64_t received = 0;
  std::thread receives{[&] {
    while (!done) received += receiver.count();
    received += receiver.count();
  }};
  std::thread goes{[] {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    ip("link set near down");
  }};
  constexpr std::uint64_t many = 1'000'000'000;
  const Sent sent = incoming.insert(frame, many);
  done = true;
  goes.join();
  receives.join();
  EXPECT_EQ(sent.refusal, Refusal::adapter_down);
  EXPECT_GT(sent.frames, 0U);
  // While an adapter goes down it drops, and counts, what comes before that can be seen; one frame
  // may be on its way.
  EXPECT_LE(sent.frames - received - (dropped() - dropped_before), 1U);
  EXPECT_EQ(incoming.counts().refused(Refusal::adapter_down), many - sent.frames);
}

std::string our_adapters() { return output_of_ip("-o link show type tun"); }

TEST_P(IncomingRefusals, NothingIsLeftOfAProcessThatIsKilled) {
  int ready[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Incoming incoming = open("near");
    const bool inserted = static_cast<bool>(incoming.insert(numbered_frame(1)));
    static_cast<void>(!::write(ready[1], inserted ? "y" : "n", 1));
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(our_adapters().empty(), GetParam() == IncomingMethod::xdp) << our_adapters();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(our_adapters(), "");
  for (const std::string adapter : {"near", "far", "lo"}) {
    const std::string link = output_of_ip("-d link show " + adapter);
    EXPECT_EQ(link.find("xdp"), std::string::npos) << link;
    const auto index = static_cast<std::uint32_t>(std::stoul(link));
    for (const sys::Hook hook : {sys::Hook::ingress, sys::Hook::egress}) {
      const auto attached = sys::programs_at(index, hook);
      EXPECT_TRUE(!attached || attached->program_ids.empty());
    }
  }
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_P(IncomingRefusals, WithoutRightsNothingIsOpened) {
  in_child([] {
    ASSERT_EQ(::setresuid(65534, 65534, 65534), 0);
    try {
      static_cast<void>(open("near"));
      ADD_FAILURE() << "opened";
    } catch (const SystemError& error) {
      EXPECT_EQ(error.code(), ErrorCode::permission_denied) << error.what();
    }
  });
}

ErrorCode refusal_to_open(const std::string& adapter) {
  try {
    static_cast<void>(inject::insert_incoming(adapter, numbered_frame(1)));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode{};
}

using IncomingAdapters = LocalHostTest;

TEST_F(IncomingAdapters, OneIsNamedThatThereIsAndThatTakesFrames) {
  EXPECT_EQ(refusal_to_open("near"), ErrorCode{});
  EXPECT_EQ(refusal_to_open("nowhere"), ErrorCode::not_found);
  EXPECT_EQ(refusal_to_open("any"), ErrorCode::invalid_argument);
  const sys::Tap odd{{.kind = sys::TapOptions::Kind::ip, .name = "odd"}};
  ASSERT_EQ(::ioctl(odd.descriptor().number(), TUNSETLINK, ARPHRD_PPP), 0);
  EXPECT_EQ(refusal_to_open("odd"), ErrorCode::invalid_argument);
}

TEST_F(IncomingAdapters, RightsThatAreGivenUpAreMissedOnlyForWhatHasNotBeenMade) {
  in_child([] {
    Incoming incoming{"near"};
    Incoming redirect{"near", {.method = IncomingMethod::redirect}};
    ASSERT_EQ(::setresuid(65534, 65534, 65534), 0);
    const std::vector<Octets> frames{datagram_of_length(inject::longest_by_xdp + 1),
                                     numbered_frame(1)};
    const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
    EXPECT_EQ(redirect.insert(borrowed).frames, 2U);
    if (incoming.method() != IncomingMethod::xdp) return;
    const Sent sent = incoming.insert(borrowed);
    EXPECT_EQ(sent.frames, 1U);
    EXPECT_EQ(sent.refusal, Refusal::other);
    EXPECT_TRUE(sent.error == EPERM || sent.error == EACCES) << sent.error;
  });
}

TEST_F(IncomingAdapters, OneFrameTakesOneCall) {
  const UdpReceiver receiver{Family::ipv4};
  ip("link property add dev near altname a-name-longer-than-fifteen-bytes");
  EXPECT_TRUE(inject::insert_incoming("a-name-longer-than-fifteen-bytes",
                                      datagram_to_near(Family::ipv4, "x")));
  EXPECT_EQ(receiver.next(), "x");
  EXPECT_EQ(our_adapters(), "");
  EXPECT_EQ(inject::insert_incoming("near", Octets(13)).refusal, Refusal::too_short);
}

}  // namespace
}  // namespace weir::test
