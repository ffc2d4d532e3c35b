// The way through libpcap, on an adapter that needs it no more than others.
#include "capture/pcap_source.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>

#include "system/network.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::LiveOptions;
using capture::PcapSource;
using namespace std::chrono_literals;

std::vector<OwnedPacket> collect(PcapSource& source) {
  std::vector<OwnedPacket> packets;
  for (;;) {
    const Batch batch = source.next_batch(Deadline::in(500ms));
    if (batch.state != SourceState::packets) return packets;
    for (const Packet& packet : batch.packets) packets.emplace_back(packet);
  }
}

using LivePcap = LiveTest;

TEST_F(LivePcap, PacketsComeWithAllTheirFields) {
  PcapSource source{"far", {.snapshot_length = 40}};
  const Timestamp before = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  FrameSender{"near"}.send(numbered_frame(7));
  const auto packets = collect(source);
  ASSERT_EQ(packets.size(), 1U);
  const Packet& packet = packets[0].packet();
  EXPECT_EQ(number_of(packet), 7U);
  EXPECT_EQ(packet.data.size(), 40U);
  EXPECT_EQ(packet.wire_length, 64U);
  EXPECT_EQ(packet.link_type, LinkType::ethernet);
  EXPECT_EQ(packet.flags, PacketFlags::software_clock);
  EXPECT_GE(packet.timestamp, before);
  EXPECT_LT(packet.timestamp, before + 5s);
}

TEST_F(LivePcap, FiltersAndCountsEveryPacket) {
  const filter::Filter one_in_three{"ether[22] = 1"};
  PcapSource source{"far", {.filter = one_in_three}};
  Stream stream{"near", 9000};
  EXPECT_EQ(collect(source).size(), 3000U);
  const auto counted = source.statistics();
  EXPECT_EQ(counted.received, 9000U);
  EXPECT_EQ(counted.filtered, 6000U);
  EXPECT_EQ(counted.filtered_in_kernel, 0U) << "libpcap gives the kernel no filter";
  EXPECT_EQ(counted.waiting, 0U);
  source.change({.filter = filter::Filter{}});
  FrameSender{"near"}.send(numbered_frame(0));
  EXPECT_EQ(collect(source).size(), 1U);
}

TEST_F(LivePcap, WhoRefusesADirectionIsLibpcapsAffair) {
  PcapSource source{"far", {}};
  EXPECT_EQ(source.statistics().filtered_in_kernel, 0U);
  source.change({.traffic = capture::Traffic::in});
  source.change({.traffic = capture::Traffic::any});
  EXPECT_EQ(source.statistics().filtered_in_kernel, std::nullopt);
  PcapSource out{"far", {.traffic = capture::Traffic::out}};
  EXPECT_EQ(out.statistics().filtered_in_kernel, std::nullopt);
}

TEST_F(LivePcap, StopAndDeadlinesEndAWait) {
  PcapSource source{"far", {}};
  EXPECT_EQ(source.next_batch(Deadline::none()).state, SourceState::would_block);
  EXPECT_EQ(source.next_batch(Deadline::in(10ms)).state, SourceState::timeout);
  std::thread other{[&source] {
    std::this_thread::sleep_for(20ms);
    source.stop();
  }};
  EXPECT_EQ(source.next_batch(Deadline::for_ever()).state, SourceState::stopped);
  other.join();
}

TEST_F(LivePcap, ADeletedAdapterIsGone) {
  PcapSource source{"far", {}};
  FrameSender{"near"}.send(numbered_frame(7));
  EXPECT_EQ(collect(source).size(), 1U);
  run("ip link del near");
  EXPECT_EQ(source.next_batch(Deadline::in(2s)).state, SourceState::gone);
}

const LiveOptions log_of_long_ones{.filter = filter::Filter{"greater 500"}};

/// Netfilter's log has no directions, as libpcap says.
const capture::LiveChange refused{
    .filter = filter::Filter{"less 500"}, .snapshot_length = 40, .traffic = capture::Traffic::in};

void send_datagram(std::size_t size) {
  const sys::FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Octets bytes(size);
  const auto sent = ::sendto(socket.number(), bytes.data(), size, 0,
                             reinterpret_cast<const sockaddr*>(&to), sizeof to);
  ASSERT_EQ(sent, static_cast<ssize_t>(size));
}

TEST_F(LivePcap, AChangeThatIsRefusedIsNotCounted) {
  PcapSource source{"nflog:7", log_of_long_ones};
  EXPECT_THROW(source.change(refused), Error);
  EXPECT_EQ(source.statistics().filtered_in_kernel, 0U) << "no direction was ever refused";
}

TEST_F(LivePcap, AChangeThatIsRefusedLeavesAllAsItWas) {
  if (std::system("iptables --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no iptables";
  run("iptables -A OUTPUT -p udp -j NFLOG --nflog-group 7");
  PcapSource source{"nflog:7", log_of_long_ones};
  EXPECT_THROW(source.change(refused), Error);
  send_datagram(10);
  send_datagram(600);
  // Netfilter keeps what it logs for up to a second.
  const Batch batch = source.next_batch(Deadline::in(5s));
  ASSERT_EQ(batch.packets.size(), 1U);
  EXPECT_GT(batch.packets[0].data.size(), 600U);
}

TEST_F(LivePcap, ErrorsAreNamed) {
  EXPECT_THROW((PcapSource{"eth77", {}}), SystemError);
  EXPECT_THROW((PcapSource{"far", {.snapshot_length = 262145}}), Error);
  EXPECT_THROW((PcapSource{"far", {.resume = true}}), Error);
  EXPECT_THROW((PcapSource{"far", {.fanout = capture::Fanout{}}}), Error);
  run("ip link set far down");
  EXPECT_THROW((PcapSource{"far", {}}), SystemError);
}

}  // namespace
}  // namespace weir::test
