// Statistics mode against the sender's numbers, counted in the kernel and in a ring.
#include "weir/capture/counter.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "sys/bpf_map.h"
#include "system/network.h"
#include "system/tunnel.h"
#include "weir/bpf/interpreter.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::Counter;
using capture::CounterOptions;
using capture::CountingMode;
using capture::Counts;
using capture::Traffic;
using filter::Filter;
using namespace std::chrono_literals;

/// What has been counted once nothing more comes.
Counts settled(Counter& counter) {
  for (Counts counts = counter.read();;) {
    std::this_thread::sleep_for(100ms);
    const Counts now = counter.read();
    if (now.packets == counts.packets) return now;
    counts = now;
  }
}

/// An IPv4 datagram to UDP port 9 with `size` bytes of payload.
Octets udp_frame(std::uint16_t port, std::size_t size) {
  Octets frame(14 + 20 + 8 + size);
  constexpr std::uint8_t ethernet[] = {0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00};
  std::ranges::copy(ethernet, frame.begin());
  std::uint8_t* const ip = frame.data() + 14;
  ip[0] = 0x45;
  store_be(ip + 2, static_cast<std::uint16_t>(28 + size));
  ip[8] = 64;
  ip[9] = 17;
  store_be(ip + 12, std::uint32_t{0xc0000201});
  store_be(ip + 16, std::uint32_t{0xc0000202});
  store_be(ip + 20, std::uint16_t{40000});
  store_be(ip + 22, port);
  store_be(ip + 24, static_cast<std::uint16_t>(8 + size));
  return frame;
}

/// Frames of several lengths and kinds, tagged ones among them.
std::vector<Octets> mixture() {
  std::vector<Octets> frames;
  for (std::uint16_t i = 0; i < 300; ++i) {
    Octets frame = i % 3 == 0 ? numbered_frame(i) : udp_frame(i % 2 == 0 ? 9 : 53, i);
    if (i % 4 == 1) frame = tagged(frame, i % 8 == 1 ? 5 : 6);
    if (i % 16 == 5) frame = tagged(frame, 7, 0x88a8);
    frames.push_back(frame);
  }
  return frames;
}

/// With the mode a counter is to be in.
class CounterIn : public LiveTest, public ::testing::WithParamInterface<CountingMode> {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped() || GetParam() == CountingMode::ring) return;
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  }

  [[nodiscard]] static Counter opened(const std::string& adapter, CounterOptions options = {}) {
    options.ring_only = GetParam() == CountingMode::ring;
    Counter counter{adapter, options};
    EXPECT_EQ(counter.mode(), GetParam()) << counter.why_ring();
    return counter;
  }
};

INSTANTIATE_TEST_SUITE_P(BothModes, CounterIn,
                         ::testing::Values(CountingMode::kernel, CountingMode::ring),
                         [](const auto& mode) {
                           return mode.param == CountingMode::kernel ? "Kernel" : "Ring";
                         });

TEST_P(CounterIn, CountsWhatWasSent) {
  Counter counter = opened("far");
  const FrameSender sender{"near"};
  std::uint64_t bytes = 0;
  const auto frames = mixture();
  for (const Octets& frame : frames) {
    sender.send(frame);
    bytes += frame.size();
  }
  const Counts counts = settled(counter);
  EXPECT_EQ(counts.packets, frames.size());
  EXPECT_EQ(counts.bytes, bytes);
  EXPECT_EQ(counts.dropped.value_or(0), 0U);
  EXPECT_FALSE(counts.gone);
}

TEST_P(CounterIn, CountsWhatTheFilterMatchesOnTheWire) {
  const std::vector<Octets> frames = mixture();
  const FrameSender sender{"near"};
  for (const char* const expression :
       {"ip", "vlan", "vlan 5", "vlan 5 and udp port 9", "udp port 9", "not ip", "vlan and vlan",
        "ether proto 0x88a8", "len > 250", "greater 300 and udp[280] = 0", "ether[22] = 1",
        "vlan and ether[18 + 4] = 1"}) {
    const bpf::Program program = filter::compile(expression, LinkType::ethernet).program;
    Counter counter = opened("far", {.filter = Filter{expression}});
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    for (const Octets& frame : frames) {
      sender.send(frame);
      const auto length = static_cast<std::uint32_t>(frame.size());
      if (bpf::run(program, frame, length) == 0) continue;
      ++packets;
      bytes += length;
    }
    const Counts counts = settled(counter);
    EXPECT_EQ(counts.packets, packets) << expression;
    EXPECT_EQ(counts.bytes, bytes) << expression;
  }
}

TEST_P(CounterIn, KnowsDirections) {
  Counter any = opened("far");
  Counter in = opened("far", {.traffic = Traffic::in});
  Counter out = opened("far", {.traffic = Traffic::out});
  Counter out_of_third = opened("far", {.traffic = Traffic::out, .filter = Filter{"ether[22]=1"}});
  const FrameSender to_far{"near"};
  const FrameSender from_far{"far"};
  for (std::uint64_t i = 0; i < 30; ++i) to_far.send(numbered_frame(i));
  for (std::uint64_t i = 0; i < 12; ++i) from_far.send(tagged(numbered_frame(i), 5));
  EXPECT_EQ(settled(any).packets, 42U);
  EXPECT_EQ(settled(in).packets, 30U);
  EXPECT_EQ(settled(in).bytes, 30U * 64);
  EXPECT_EQ(settled(out).packets, 12U);
  EXPECT_EQ(settled(out).bytes, 12U * 68);
  // The byte of each numbered frame at 22 is at 26 with a tag before it.
  EXPECT_EQ(settled(out_of_third).packets, 0U);
}

TEST_P(CounterIn, CountsALoopbackOnce) {
  Counter counter = opened("lo");
  const FrameSender sender{"lo"};
  for (std::uint64_t i = 0; i < 20; ++i) sender.send(numbered_frame(i));
  EXPECT_EQ(settled(counter).packets, 20U);
}

TEST_P(CounterIn, CountsAllAdaptersWithTheirCookedHeaders) {
  Counter counter = opened("any");
  Counter in = opened("any", {.traffic = Traffic::in});
  const FrameSender sender{"near"};
  for (std::uint64_t i = 0; i < 10; ++i) sender.send(numbered_frame(i));
  // Once going out of near, once coming in to far; 50 bytes behind the header of 20.
  EXPECT_EQ(settled(counter).packets, 20U);
  EXPECT_EQ(settled(counter).bytes, 20U * 70);
  for (std::uint64_t i = 0; i < 5; ++i) sender.send(tagged(numbered_frame(i), 5));
  EXPECT_EQ(settled(in).packets, 15U);
  EXPECT_EQ(settled(in).bytes, 10U * 70 + 5U * 74);
}

TEST_P(CounterIn, LosesAndDoublesNothingWhenTheFilterChangesUnderLoad) {
  Counter counter = opened("far", {.ring_size = std::size_t{64} << 20});
  Stream stream{"near", 400'000};
  const Filter filters[] = {Filter{"ether[22] < 3"}, Filter{"ether proto 0x88b5"}, {}};
  std::size_t changes = 0;
  while (stream.sent() < 350'000) {
    counter.change({.filter = filters[changes++ % 3]});
    static_cast<void>(counter.read());
  }
  const std::uint64_t sent = stream.finish();
  const Counts counts = settled(counter);
  EXPECT_GT(changes, 3U);
  EXPECT_EQ(counts.packets + counts.dropped.value_or(0), sent);
}

TEST_P(CounterIn, CountsNothingByTheOldFilterOnceItHasChanged) {
  Counter counter = opened("far");
  Stream stream{"near", UINT64_MAX, 100};
  while (stream.sent() < 1000) std::this_thread::yield();
  counter.change({.filter = Filter{"ether[22] = 7"}});
  const std::uint64_t before = settled(counter).packets;
  const std::uint64_t sent = stream.sent();
  while (stream.sent() < sent + 1000) std::this_thread::yield();
  EXPECT_GT(before, 0U);
  EXPECT_EQ(settled(counter).packets, before);
  counter.change({.filter = Filter{}});
  stream.stop();
  stream.finish();
  const FrameSender sender{"near"};
  sender.send(numbered_frame(0));
  EXPECT_GT(settled(counter).packets, before);
}

TEST_P(CounterIn, LosesAndDoublesNothingWhenTheDirectionChangesUnderLoad) {
  Counter counter = opened("far", {.ring_size = std::size_t{64} << 20});
  Stream stream{"near", 400'000};
  std::size_t changes = 0;
  while (stream.sent() < 350'000) {
    // What comes in belongs to both.
    counter.change({.traffic = changes++ % 2 == 0 ? Traffic::in : Traffic::any});
    static_cast<void>(counter.read());
  }
  const std::uint64_t sent = stream.finish();
  const Counts counts = settled(counter);
  EXPECT_GT(changes, 3U);
  EXPECT_EQ(counts.packets + counts.dropped.value_or(0), sent);
  EXPECT_EQ(counts.bytes, counts.packets * 64);
}

TEST_P(CounterIn, CountsByTheDirectionThatHeldWhenAPacketCame) {
  Counter counter = opened("far", {.traffic = Traffic::in});
  const FrameSender to_far{"near"};
  const FrameSender from_far{"far"};
  const auto send = [&](int in, int out) {
    for (int i = 0; i < in; ++i) to_far.send(numbered_frame(1));
    for (int i = 0; i < out; ++i) from_far.send(tagged(numbered_frame(1), 5));
  };
  send(10, 1000);
  counter.change({.traffic = Traffic::out});
  send(1000, 20);
  counter.change({.traffic = Traffic::any});
  send(5, 6);
  const Counts counts = settled(counter);
  EXPECT_EQ(counts.packets, 10U + 20 + 11);
  EXPECT_EQ(counts.bytes, 15U * 64 + 26U * 68);
}

TEST_P(CounterIn, ChangesAllOfItOrNothing) {
  Counter counter = opened("far", {.traffic = Traffic::in});
  counter.change({.promiscuous = true});
  EXPECT_EQ(promiscuity("far"), 1);
  counter.change({.filter = Filter{"ether[22] = 1"}, .promiscuous = false});
  EXPECT_EQ(promiscuity("far"), 0);
  EXPECT_THROW(
      counter.change({.filter = Filter{"ifindex 1"}, .promiscuous = true, .traffic = Traffic::out}),
      FilterError);
  EXPECT_EQ(promiscuity("far"), 0);
  const FrameSender to_far{"near"};
  const FrameSender from_far{"far"};
  for (std::uint64_t i = 0; i < 30; ++i) to_far.send(numbered_frame(i));
  from_far.send(numbered_frame(1));
  EXPECT_EQ(settled(counter).packets, 10U);
}

TEST_P(CounterIn, ReadsBothCountersOfTheSameMoment) {
  Counter counter = opened("far", {.ring_size = std::size_t{64} << 20});
  Stream stream{"near", 300'000};
  std::uint64_t last = 0;
  while (stream.sent() < 290'000) {
    const Counts counts = counter.read();
    ASSERT_EQ(counts.bytes, counts.packets * 64);
    ASSERT_GE(counts.packets, last);
    last = counts.packets;
  }
}

TEST_P(CounterIn, TellsAfterItsPacketsThatTheAdapterIsGone) {
  Counter counter = opened("far");
  const FrameSender sender{"near"};
  for (std::uint64_t i = 0; i < 10; ++i) sender.send(numbered_frame(i));
  run("ip link del far");
  Counts counts = counter.read();
  for (int tries = 0; !counts.gone && tries < 300; ++tries) {
    std::this_thread::sleep_for(10ms);
    counts = counter.read();
  }
  EXPECT_TRUE(counts.gone);
  EXPECT_EQ(counts.packets, 10U);
  EXPECT_TRUE(counter.read().gone);
}

/// A TCP segment of 5,000 bytes, which the adapter is to cut into such of 1,000.
void send_to_be_cut(const std::string& adapter) {
  constexpr std::size_t virtio_header = 10;
  Octets message(virtio_header);
  message[0] = 1;   // the checksum is to be computed, too
  message[1] = 1;   // TCP over IPv4
  message[2] = 54;  // in little-endian order: size of all headers
  message[4] = 1000 % 256;
  message[5] = 1000 / 256;
  message[6] = 34;  // where the checksum starts
  message[8] = 16;  // and where it goes, from there
  Octets frame = udp_frame(9, 12 + 5000);
  frame[14 + 9] = 6;
  frame[34 + 12] = 0x50;
  message.insert(message.end(), frame.begin(), frame.end());
  const sys::FileDescriptor socket{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
  const int on = 1;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(adapter.c_str()));
  ASSERT_EQ(::setsockopt(socket.number(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on), 0);
  ASSERT_EQ(::sendto(socket.number(), message.data(), message.size(), 0,
                     reinterpret_cast<const sockaddr*>(&address), sizeof address),
            static_cast<ssize_t>(message.size()))
      << std::strerror(errno);
}

TEST_P(CounterIn, CountsWhatAnAdapterIsToCutAsOnePacket) {
  Counter counter = opened("far", {.filter = Filter{"tcp"}});
  send_to_be_cut("near");
  const Counts counts = settled(counter);
  EXPECT_EQ(counts.packets, 1U);
  EXPECT_EQ(counts.bytes, 54U + 5000);
}

TEST_P(CounterIn, RefusesAFilterForAnotherLinkType) {
  Counter counter = opened("far");
  EXPECT_THROW(counter.change({.filter = Filter{"ifindex 1"}}), FilterError);
  const FrameSender sender{"near"};
  sender.send(numbered_frame(0));
  EXPECT_EQ(settled(counter).packets, 1U);
}

using CounterAt = LiveTest;

TEST_F(CounterAt, TellsWhatTheAdapterDroppedSinceOpening) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "no tun adapters here";
  std::optional<Tunnel> tunnel{"tunnel"};
  tunnel->drop(5);
  const Counter counter{"tunnel"};
  EXPECT_EQ(counter.dropped_by_adapter(), 0U);
  tunnel->drop(3);
  EXPECT_EQ(counter.dropped_by_adapter(), 3U);
  tunnel.reset();
  EXPECT_EQ(counter.dropped_by_adapter(), std::nullopt) << "nobody is there to tell";
}

TEST_F(CounterAt, NoAdapterThrows) {
  try {
    const Counter counter{"nowhere"};
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_STREQ(error.what(), "count on nowhere: No such device");
  }
}

TEST_F(CounterAt, AnAdapterThatIsDownThrows) {
  run("ip link set far down");
  try {
    const Counter counter{"far"};
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code(), std::errc::network_down);
  }
}

TEST_F(CounterAt, SeveralAdaptersCountsEachItsOwn) {
  run("ip link add left type veth peer name right && ip link set left up && ip link set right up");
  wait_for_carriers(4);
  Counter far{"far"};
  Counter right{"right"};
  const FrameSender near{"near"};
  const FrameSender left{"left"};
  for (std::uint64_t i = 0; i < 7; ++i) near.send(numbered_frame(i));
  for (std::uint64_t i = 0; i < 9; ++i) left.send(numbered_frame(i));
  EXPECT_EQ(settled(far).packets, 7U);
  EXPECT_EQ(settled(right).packets, 9U);
}

TEST_F(CounterAt, ARingForFiltersOnCookedHeaders) {
  Counter counter{"any", {.filter = Filter{"ifindex 1"}}};
  EXPECT_EQ(counter.mode(), CountingMode::ring);
  EXPECT_EQ(counter.why_ring(), "the kernel has no cooked headers for the filter to look at");
  const FrameSender lo{"lo"};
  const FrameSender near{"near"};
  lo.send(numbered_frame(0));
  near.send(numbered_frame(0));
  EXPECT_EQ(settled(counter).packets, 1U);
}

TEST_F(CounterAt, ARingCountsWhatWaitedInItWhenTheFilterChanges) {
  Counter counter{"any", {.ring_only = true}};
  const Filter udp{"udp port 9"};
  const FrameSender sender{"near"};
  const auto send = [&](std::uint16_t port) {
    for (int i = 0; i < 30; ++i) sender.send(udp_frame(port, 100));
  };
  // Going out and coming in. By no filter; by one that needs the headers; by none again.
  send(53);
  counter.change({.filter = udp});
  EXPECT_EQ(settled(counter).packets, 60U);
  send(53);
  send(9);
  counter.change({.filter = Filter{}});
  EXPECT_EQ(settled(counter).packets, 180U) << "what waits is whole: the new filter decides";
  send(53);
  EXPECT_EQ(settled(counter).packets, 240U);
}

TEST_F(CounterAt, ARingForFiltersThatReadAncillaryData) {
  const bpf::Program vlan_beside{
      {.code = 0x20, .k = 0xfffff000U + 48}, {.code = 0x16}, {.code = 0x06, .k = 1}};
  Counter counter{"far", {.filter = Filter{vlan_beside, LinkType::ethernet}}};
  EXPECT_EQ(counter.mode(), CountingMode::ring);
  EXPECT_NE(counter.why_ring().find("ancillary"), std::string::npos) << counter.why_ring();
}

TEST_F(CounterAt, AFullRingSaysHowManyItDropped) {
  Counter counter{"far", {.ring_only = true, .ring_size = 1}};
  Stream stream{"near", 100'000};
  const std::uint64_t sent = stream.finish();
  const Counts counts = settled(counter);
  EXPECT_EQ(counter.why_ring(), "asked for");
  EXPECT_GT(*counts.dropped, 0U);
  EXPECT_EQ(counts.packets + *counts.dropped, sent);
}

/// In another process: the rights of a thread cannot be had back.
void count_without_the_right_to_bpf() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct rights[2] = {};
  rights[0].effective = rights[0].permitted = 1U << CAP_NET_RAW;
  if (::syscall(SYS_capset, &header, rights) != 0) std::_Exit(2);
  Counter counter{"far"};
  const bool fell_back = counter.mode() == CountingMode::ring &&
                         counter.why_ring().find("Operation not permitted") != std::string::npos;
  const FrameSender sender{"near"};
  sender.send(numbered_frame(0));
  std::_Exit(fell_back && settled(counter).packets == 1 ? 0 : 1);
}

TEST_F(CounterAt, ARingWithoutTheRightToLoadPrograms) {
  EXPECT_EXIT(count_without_the_right_to_bpf(), ::testing::ExitedWithCode(0), "");
}

TEST_F(CounterAt, NoRightToCaptureThrows) {
  const auto try_without = [] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct rights[2] = {};
    if (::syscall(SYS_capset, &header, rights) != 0) std::_Exit(2);
    try {
      const Counter counter{"far"};
    } catch (const SystemError& error) {
      std::_Exit(error.code() == ErrorCode::permission_denied ? 0 : 1);
    }
    std::_Exit(3);
  };
  EXPECT_EXIT(try_without(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace weir::test
