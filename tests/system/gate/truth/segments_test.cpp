// Frames that stand for several segments, datagrams in fragments, and long frames.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "support/checked_frames.h"
#include "support/temporary_folder.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;
using gate::Segments;
using gate::Tally;

constexpr std::uint16_t port = 4000;
constexpr const char* rights[] = {"::ffff:10.0.2.1", "fd00:2::1"};

Octets random_octets(std::size_t size) {
  std::mt19937 random{static_cast<unsigned>(size)};
  Octets octets(size);
  for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random());
  return octets;
}

/// Lengths of what is held.
class Lengths {
 public:
  [[nodiscard]] gate::Handlers handlers() {
    gate::Handlers handlers;
    handlers.on_held = [this](HeldPacket& packet) {
      {
        const std::lock_guard lock{mutex_};
        seen_.push_back(packet.packet().wire_length);
        if (packet.segment_size() == 0 && packet.packet().link_type == LinkType::ethernet &&
            !packet.is_truncated()) {
          const std::string checksums = checksums_of(packet.packet().data);
          if (checksums.find("bad") != std::string::npos) wrong_ = checksums;
        }
      }
      packet.accept();
    };
    return handlers;
  }
  [[nodiscard]] std::vector<std::uint32_t> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(seen_, {});
  }
  /// What a handler has seen of a packet with a wrong checksum; empty if there was none.
  [[nodiscard]] std::string wrong() {
    const std::lock_guard lock{mutex_};
    return wrong_;
  }

 private:
  std::mutex mutex_{};
  std::vector<std::uint32_t> seen_{};
  std::string wrong_{};
};

class GateSegments : public GateTest {
 protected:
  [[nodiscard]] gate::GateOptions keeping(Segments segments) const {
    gate::GateOptions all = options({"to_left", "to_right"});
    all.segments = segments;
    return all;
  }
};

TEST_P(GateSegments, OfUdpAreHeldOneByOneAndArriveInTheirOrder) {
  route();
  const DatagramSocket sender{left(), port};
  const DatagramSocket receiver{right(), port};
  const Octets payload = random_octets(9'500);
  for (const bool offloads : {true, false}) {
    set_offloads(offloads);
    for (const Segments segments : {Segments::cut, Segments::keep}) {
      Lengths lengths;
      gate::GateOptions at_left = keeping(segments);
      at_left.adapters = {"to_left"};
      Gate gate{at_left, lengths.handlers()};
      // All of them, by the length of the wire's packets.
      gate.add({.direction = Direction::in, .max_length = 1'062, .filter = "udp port 4000"});
      gate.start();
      for (const std::string to : rights) {
        sender.send(to, port, payload, 1'000);
        Octets received;
        for (int i = 0; i < 10; ++i) {
          const Octets part = receiver.receive();
          EXPECT_EQ(part.size(), i == 9 ? 500U : 1'000U);
          received.insert(received.end(), part.begin(), part.end());
        }
        EXPECT_TRUE(received == payload);
        const std::uint32_t headers = to.starts_with("::ffff") ? 42 : 62;
        std::vector<std::uint32_t> expected(9, 1'000 + headers);
        expected.push_back(500 + headers);
        EXPECT_EQ(lengths.take(), expected);
      }
      EXPECT_EQ(lengths.wrong(), "");
      const auto counters = counters_of(gate, "to_left", Direction::in);
      EXPECT_EQ(counters.segmented.packets, offloads ? 2U : 0U);
      EXPECT_EQ(gate.counters().segments.packets, offloads ? 20U : 0U);
      expect_sums(gate);
    }
  }
}

TEST_P(GateSegments, LengthsAreThoseOfTheWire) {
  route();
  set_offloads(true);
  const DatagramSocket sender{left(), port};
  const DatagramSocket receiver{right(), port};
  Gate gate{options()};
  // Longer than each segment, shorter than the frame that stands for all.
  gate.add({.action = gate::Action::drop, .min_length = 1'063, .filter = "udp port 4000"});
  gate.start();
  sender.send("fd00:2::1", port, random_octets(10'000), 1'000);
  EXPECT_EQ(receiver.receive().size(), 1'000U);
  gate.add({.action = gate::Action::drop, .min_length = 1'062, .filter = "udp port 4000"});
  while (!receiver.receive(100).empty()) continue;
  sender.send("fd00:2::1", port, random_octets(10'000), 1'000);
  EXPECT_TRUE(receiver.receive(100).empty());
  EXPECT_EQ(gate.rules()[1].hits.packets, 1U);
}

TEST_P(GateSegments, CopiesTellWhichChecksumsAreUnfinished) {
  route();
  const DatagramSocket sender{left(), port};
  const DatagramSocket receiver{right(), port};
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    std::atomic<int> finished{0};
    std::atomic<int> unfinished{0};
    gate::Handlers handlers;
    handlers.on_notified = [&](const Packet& packet, const std::string&) {
      const bool is_right = checksums_of(packet.data).find("udp good") != std::string::npos;
      const bool is_told = has(packet.flags, PacketFlags::checksum_not_ready);
      EXPECT_NE(is_right, is_told);
      ++(is_told ? unfinished : finished);
    };
    Gate gate{options(), handlers};
    gate.add({.action = gate::Action::notify, .filter = "udp port 4000"});
    gate.start();
    for (const std::string to : rights) {
      sender.send(to, port, random_octets(700));
      EXPECT_EQ(receiver.receive().size(), 700U);
      sender.send(to, port, random_octets(2'000), 1'000);
      for (int i = 0; i < 2; ++i) EXPECT_EQ(receiver.receive().size(), 1'000U);
    }
    EXPECT_TRUE(wait_until([&] { return finished + unfinished == (offloads ? 4 : 6); }));
    EXPECT_EQ(unfinished, offloads ? 4 : 0);
  }
}

TEST_P(GateSegments, FragmentsOfLongDatagramsAreHeldAndArrive) {
  route();
  const DatagramSocket sender{left(), port};
  const DatagramSocket receiver{right(), port};
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    Lengths lengths;
    Gate gate{keeping(Segments::cut), lengths.handlers()};
    gate.add({.filter = "udp or ip6 proto 44 or ip[6:2] & 0x1fff != 0"});
    gate.start();
    for (const std::string to : rights) {
      const Octets payload = random_octets(60'000);
      sender.send(to, port, payload);
      EXPECT_TRUE(receiver.receive() == payload);
    }
    EXPECT_EQ(lengths.wrong(), "");
    // Each of some 41 at both adapters.
    EXPECT_GE(gate.counters().held.accepted.packets, 2U * 2 * 41);
    expect_sums(gate);
  }
}

/// Bytes of a file that is fetched; many where time does not matter.
std::size_t file_size() { return may_take_long() ? 200'000'000 : 8'000'000; }

/// A file from one host to the other, there and back.
class GateFiles : public GateSegments {
 protected:
  void fetch(Host& from, Host& to, const std::string& address) {
    if (!is_installed("curl")) GTEST_SKIP() << "needs curl";
    const TemporaryFolder folder;
    run("head -c " + std::to_string(file_size()) + " /dev/urandom > " + folder.path("file"));
    const Program server{
        from, "python3 -m http.server -b :: -d " + folder.path("") + " 8000 >/dev/null 2>&1"};
    from.inside([] { wait_for_listener("t", 8000); });
    EXPECT_EQ(to.output_of("curl -gsS -m 60 http://" + address + ":8000/file | md5sum"),
              output_of("md5sum < " + folder.path("file")));
  }
};

TEST_P(GateFiles, ComeThroughCutAndKept) {
  route();
  set_offloads(true);
  for (const Segments segments : {Segments::cut, Segments::keep}) {
    Lengths lengths;
    Gate gate{keeping(segments), lengths.handlers()};
    gate.add({.filter = "tcp"});
    gate.start();
    fetch(right(), left(), "10.0.2.1");
    fetch(left(), right(), "[fd00:1::1]");
    EXPECT_EQ(lengths.wrong(), "");
    expect_sums(gate);
    EXPECT_EQ(gate.counters().segments_lost, Tally{});
    const auto seen = lengths.take();
    const std::uint32_t longest = *std::ranges::max_element(seen);
    if (segments == Segments::cut) {
      EXPECT_LE(longest, 1'514U);
    } else {
      EXPECT_GT(longest, 10'000U);
    }
  }
}

// Between two hosts: the kernel itself routes such frames badly.
TEST_P(GateFiles, ComeThroughLongerThanIpCanTell) {
  if (!is_installed("iperf3")) GTEST_SKIP() << "needs iperf3";
  route();
  set_offloads(true);
  const std::string sizes = " gso_max_size 190000 gro_max_size 190000 >/dev/null 2>&1";
  if (std::system(("ip link set to_left" + sizes).c_str()) != 0) {
    GTEST_SKIP() << "needs BIG TCP of ip(8) and of veth";
  }
  left().run("ip link set eth0" + sizes);
  const Program server{left(), "iperf3 -s >/dev/null 2>&1"};
  left().inside([] { wait_for_listener("t", 5201); });
  for (const Segments segments : {Segments::cut, Segments::keep}) {
    Lengths lengths;
    Gate gate{keeping(segments), lengths.handlers()};
    // It would not match what begins with options of IPv6, as no segment on the wire does.
    gate.add({.filter = "tcp port 5201"});
    gate.start();
    for (const std::string way : {"", " -R"}) {
      const std::string text =
          output_of("timeout 20 iperf3 -c fd00:1::1 -n 30M -l 1M" + way + " 2>&1 || echo failed");
      EXPECT_EQ(text.find("failed"), std::string::npos) << text;
    }
    EXPECT_EQ(lengths.wrong(), "");
    expect_sums(gate, Sent::in_parts);
    for (const Direction direction : {Direction::in, Direction::out}) {
      EXPECT_LT(counters_of(gate, "to_left", direction).unmatched.bytes, 10'000U);
    }
    EXPECT_EQ(gate.counters().segments_lost, Tally{});
    const auto seen = lengths.take();
    EXPECT_EQ(*std::ranges::max_element(seen) > 65'600, segments == Segments::keep);
  }
}

TEST_P(GateSegments, JumboFramesAreHeldWhole) {
  bridge(9'000);
  const std::vector<Octets> frames{sealed(eth(0x0800), ip4(17), udp(), rest(8'972)),
                                   sealed(eth(0x86dd), ip6(6), tcp(), rest(8'940)),
                                   tagged(sealed(eth(0x0800), ip4(17), udp(), rest(8'972)), 9),
                                   frame(eth(0x88b5), rest(9'000))};
  for (const bool outgoing : {false, true}) {
    Gate gate{options(), accepting()};
    gate.add({.min_length = 9'000});
    gate.start();
    Witness witness{outgoing ? left() : right()};
    const auto sender = sender_at(outgoing ? right() : left());
    for (const Octets& frame : frames) sender->send(frame);
    expect_same(witness.frames(frames.size()), frames);
    EXPECT_EQ(gate.counters().held.accepted.packets, frames.size());
    expect_sums(gate);
  }
}

constexpr auto attachments = {gate::Attachment::tcx, gate::Attachment::clsact};
INSTANTIATE_TEST_SUITE_P(Attachments, GateSegments, ::testing::ValuesIn(attachments),
                         name_of_attachment);
INSTANTIATE_TEST_SUITE_P(Attachments, GateFiles, ::testing::ValuesIn(attachments),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
