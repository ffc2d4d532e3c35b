// What a live source says of each packet: bytes, lengths, times, direction, tags.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include "support/allocations.h"
#include "support/frames.h"
#include "support/temporary_folder.h"
#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::test {
namespace {

using capture::Live;
using capture::Traffic;
using namespace std::chrono_literals;

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

using LivePackets = LiveTest;

TEST_F(LivePackets, EveryFieldIsFilledIn) {
  Live live{"far"};
  const Octets frame = numbered_frame(7);
  const Timestamp before = wall_clock();
  FrameSender{"near"}.send(frame);
  const Batch batch = live.next_batch(Deadline::in(2s));
  const Timestamp after = wall_clock();
  ASSERT_EQ(batch.packets.size(), 1U);
  EXPECT_EQ(batch.now, batch.packets.back().timestamp);
  const Packet& packet = batch.packets.front();
  EXPECT_EQ(octets(packet), frame);
  EXPECT_EQ(packet.wire_length, frame.size());
  EXPECT_EQ(packet.link_type, LinkType::ethernet);
  EXPECT_EQ(packet.direction, Direction::in);
  EXPECT_EQ(packet.flags, PacketFlags::software_clock);
  EXPECT_EQ(packet.interface_index, 0U);
  EXPECT_EQ(packet.meta, nullptr);
  EXPECT_GE(packet.timestamp, before);
  EXPECT_LE(packet.timestamp, after);
}

TEST_F(LivePackets, TheInterfaceIsDescribed) {
  const Live live{"far", {.snapshot_length = 96}};
  ASSERT_EQ(live.interfaces().size(), 1U);
  const Interface& interface = live.interfaces().front();
  EXPECT_EQ(interface.name, "far");
  EXPECT_EQ(interface.link_type, LinkType::ethernet);
  EXPECT_EQ(interface.snapshot_length, 96U);
  EXPECT_EQ(interface.ticks_per_second, 1'000'000'000U);
  EXPECT_EQ(interface.operating_system.substr(0, 6), "Linux ");
  EXPECT_EQ(live.clock(), PacketFlags::software_clock);
}

TEST_F(LivePackets, ThoseSentAreSeenWithTheirDirection) {
  Live all{"near"};
  Live in{"near", {.traffic = Traffic::in}};
  Live out{"near", {.traffic = Traffic::out}};
  Live decided_here{"near", {.traffic = Traffic::out, .filter_in_user_space = true}};
  FrameSender{"near"}.send(numbered_frame(1));
  FrameSender{"far"}.send(numbered_frame(2));
  const auto both = collect(all, 2);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].packet().direction, Direction::out);
  EXPECT_EQ(both[1].packet().direction, Direction::in);
  const auto received = collect(in);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(number_of(received[0].packet()), 2U);
  for (Live* source : {&out, &decided_here}) {
    const auto sent = collect(*source);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(number_of(sent[0].packet()), 1U);
  }
  EXPECT_EQ(in.statistics().received, 1U);
  EXPECT_EQ(out.statistics().received, 1U);
  EXPECT_EQ(decided_here.statistics().received, 2U);
  EXPECT_EQ(decided_here.statistics().filtered, 1U);
}

TEST_F(LivePackets, LoopbackTrafficIsSeenOnce) {
  Live live{"lo"};
  Live any{"any"};
  FrameSender{"lo"}.send(numbered_frame(1));
  EXPECT_EQ(collect(live).size(), 1U);
  EXPECT_EQ(collect(any).size(), 1U);
}

TEST_F(LivePackets, TheSnapshotLengthCutsWhatIsKept) {
  Live live{"far", {.snapshot_length = 20}};
  FrameSender{"near"}.send(numbered_frame(1));
  FrameSender{"near"}.send(tagged(numbered_frame(1), 5));
  const auto packets = collect(live, 2);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].packet().data.size(), 20U);
  EXPECT_EQ(packets[0].packet().wire_length, 64U);
  Octets start = tagged(numbered_frame(1), 5);
  start.resize(20);
  EXPECT_EQ(octets(packets[1].packet()), start);
  EXPECT_EQ(packets[1].packet().wire_length, 68U);
}

TEST_F(LivePackets, ASnapshotWithinTheAddressesHasNoTag) {
  Live live{"far", {.snapshot_length = 6}};
  FrameSender{"near"}.send(tagged(numbered_frame(1), 5));
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  Octets start = numbered_frame(1);
  start.resize(6);
  EXPECT_EQ(octets(packets[0].packet()), start);
  EXPECT_EQ(packets[0].packet().wire_length, 68U);
}

TEST_F(LivePackets, JumboFramesComeWhole) {
  run("ip link set near mtu 9000 && ip link set far mtu 9000");
  Live live{"far"};
  Octets frame = numbered_frame(1);
  frame.resize(9014, 0xab);
  FrameSender{"near"}.send(frame);
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), frame);
}

std::vector<Octets> mixed_frames() {
  const Octets plain = frame(eth(0x0800), datagram());
  const Octets plain6 = frame(eth(0x86dd), datagram6());
  return {plain,
          tagged(plain, 5),
          tagged(plain, 6),
          tagged(plain6, 5),
          plain6,
          tagged(tagged(plain, 5), 7, 0x88a8),
          tagged(tagged(plain, 6), 5),
          numbered_frame(1),
          tagged(numbered_frame(1), 5 | 0x6000)};
}

/// What the filter lets through of a file of these frames.
std::vector<Octets> from_file(const std::vector<Octets>& frames, const std::string& expression,
                              const std::string& path) {
  {
    savefile::Writer writer{path};
    const Interface interface{};
    for (const Octets& octets : frames) {
      const Packet packet{.data = octets, .wire_length = static_cast<std::uint32_t>(octets.size())};
      writer.write({&interface, 1}, {&packet, 1});
    }
    writer.close();
  }
  const filter::Filter filter{expression};
  std::vector<Octets> matched;
  savefile::Reader reader{path};
  for (const Packet& packet : reader) {
    if (filter.matches(packet)) matched.push_back(octets(packet));
  }
  return matched;
}

TEST_F(LivePackets, FiltersMeanTheSameLiveAndOverAFile) {
  const TemporaryFolder folder;
  const std::vector<Octets> frames = mixed_frames();
  const FrameSender sender{"near"};
  for (const char* expression :
       {"vlan", "ip", "vlan and ip", "vlan 5", "vlan 5 and vlan 6", "not vlan", "udp port 7777",
        "vlan and udp port 7777", "ip6", "vlan and ip6", "ether proto 0x88b5", "len > 64"}) {
    const auto expected = from_file(frames, expression, folder.path("frames.pcapng"));
    // Decisions are made on whole packets, whatever is kept of them.
    for (const std::uint32_t kept : {0U, 30U}) {
      for (const bool in_user_space : {false, true}) {
        Live live{"far",
                  {.snapshot_length = kept,
                   .retire = 1ms,
                   .filter = filter::Filter{expression},
                   .filter_in_user_space = in_user_space}};
        for (const Octets& octets : frames) sender.send(octets);
        std::vector<Octets> live_octets;
        for (const OwnedPacket& packet : collect(live, expected.size())) {
          live_octets.push_back(octets(packet.packet()));
        }
        auto cut = expected;
        for (Octets& one : cut)
          one.resize(kept != 0 ? std::min<std::size_t>(kept, one.size()) : one.size());
        EXPECT_EQ(live_octets, cut) << expression << ", kept " << kept;
        EXPECT_EQ(live.next_batch(Deadline::in(20ms)).state, SourceState::timeout) << expression;
        const auto counted = live.statistics();
        EXPECT_EQ(counted.received, counted.delivered + counted.filtered + counted.waiting);
        if (in_user_space) {
          EXPECT_EQ(counted.received, frames.size());
        }
      }
    }
  }
}

TEST_F(LivePackets, TheKernelRefusesWhatItCan) {
  Live live{"far", {.filter = filter::Filter{"ether[22] = 1"}}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 30; ++number) sender.send(numbered_frame(number));
  EXPECT_EQ(collect(live).size(), 10U);
  EXPECT_EQ(live.statistics().received, 10U);
}

TEST_F(LivePackets, AnyAdapterHasCookedHeaders) {
  Live live{"any", {.filter = filter::Filter{"ether proto 0x88b5"}}};
  EXPECT_EQ(live.link_type(), LinkType::linux_sll2);
  FrameSender{"near"}.send(numbered_frame(9));
  const auto packets = collect(live, 2);
  ASSERT_EQ(packets.size(), 2U);
  for (const OwnedPacket& owned : packets) {
    const Packet& packet = owned.packet();
    ASSERT_EQ(packet.data.size(), 64U - 14 + 20);
    EXPECT_EQ(packet.wire_length, 64U - 14 + 20);
    EXPECT_EQ(load_be<std::uint16_t>(packet.data.data()), 0x88b5);
    EXPECT_EQ(load_be<std::uint16_t>(packet.data.data() + 8), 1);  // ARPHRD_ETHER
    EXPECT_EQ(packet.data[10], packet.direction == Direction::out ? 4 : 3);
    EXPECT_EQ(packet.data[11], 6);
    EXPECT_EQ(load_be<std::uint64_t>(packet.data.data() + 20), 9U);
  }
  EXPECT_NE(packets[0].packet().direction, packets[1].packet().direction);
}

TEST_F(LivePackets, CookedPacketsKeepTheirTag) {
  Live live{"any", {.traffic = Traffic::in}};
  FrameSender{"near"}.send(tagged(numbered_frame(9), 5));
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  const std::uint8_t* const data = packets[0].packet().data.data();
  ASSERT_EQ(packets[0].packet().data.size(), 64U - 14 + 24);
  EXPECT_EQ(load_be<std::uint16_t>(data), 0x8100);
  EXPECT_EQ(load_be<std::uint16_t>(data + 20), 5);
  EXPECT_EQ(load_be<std::uint16_t>(data + 22), 0x88b5);
  EXPECT_EQ(load_be<std::uint64_t>(data + 24), 9U);
}

TEST_F(LivePackets, TunnelsWithoutALinkLayerAreRaw) {
  run("ip tuntap add mode tun name tunnel && ip link set tunnel up");
  EXPECT_EQ((Live{"tunnel"}.link_type()), LinkType::raw);
}

TEST_F(LivePackets, UnfinishedChecksumsAreFlagged) {
  run("ip addr add 192.0.2.1/24 dev near");
  run("ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev near");
  Live live{"near", {.traffic = Traffic::out, .filter = filter::Filter{"udp"}}};
  run("bash -c 'echo x >/dev/udp/192.0.2.2/9'");
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_TRUE(has(packets[0].packet().flags, PacketFlags::checksum_not_ready));
}

/// Sends that many bytes at once over a TCP connection to this host.
void transfer(std::size_t size) {
  const sys::FileDescriptor listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const sys::FileDescriptor client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener.number(), plain, length), 0);
  ASSERT_EQ(::listen(listener.number(), 1), 0);
  ASSERT_EQ(::getsockname(listener.number(), plain, &length), 0);
  ASSERT_EQ(::connect(client.number(), plain, length), 0);
  const sys::FileDescriptor server{::accept(listener.number(), nullptr, nullptr)};
  Octets bytes(size);
  ASSERT_EQ(::send(client.number(), bytes.data(), size, 0), static_cast<ssize_t>(size));
  ASSERT_EQ(::recv(server.number(), bytes.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
}

TEST_F(LivePackets, SeveralSegmentsInOneFrameAreFlagged) {
  run("ip link set lo mtu 1500");
  Live live{"lo", {.filter = filter::Filter{"tcp and greater 1600"}}};
  transfer(12'000);
  const auto packets = collect(live);
  if (packets.empty()) GTEST_SKIP() << "no segmentation offload here";
  for (const OwnedPacket& packet : packets) {
    EXPECT_TRUE(has(packet.packet().flags, PacketFlags::several_segments));
  }
}

TEST_F(LivePackets, RealTrafficComesInOrder) {
  if (std::system("command -v ping >/dev/null") != 0) GTEST_SKIP() << "needs ping(8)";
  run("ip addr add 192.0.2.1/24 dev lo");
  Live live{"lo", {.filter = filter::Filter{"icmp"}}};
  run("ping -c 5 -i 0.01 -q 192.0.2.1 >/dev/null");
  const auto packets = collect(live, 10);
  ASSERT_EQ(packets.size(), 10U);
  for (std::size_t i = 1; i < packets.size(); ++i) {
    EXPECT_LE(packets[i - 1].packet().timestamp, packets[i].packet().timestamp);
  }
}

TEST_F(LivePackets, TakingThemAllocatesNothing) {
  Live live{"far",
            {.filter = filter::Filter{"vlan or ether[22] != 1"}, .filter_in_user_space = true}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 9000; ++number) sender.send(numbered_frame(number));
  std::size_t count = 0;
  const std::size_t before = allocation_count();
  while (count < 6000) {
    const Batch batch = live.next_batch(Deadline::in(500ms));
    if (batch.state != SourceState::packets) break;
    ASSERT_LE(batch.packets.size(), Batch::max_packets);
    count += batch.packets.size();
  }
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(count, 6000U);
}

}  // namespace
}  // namespace weir::test
