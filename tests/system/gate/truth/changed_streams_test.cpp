// Streams whose packets are changed on their way, and queues and tags that stand in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "support/checked_frames.h"
#include "support/temporary_folder.h"
#include "sys/send_batch.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;
using gate::Repair;
using gate::Segments;
using gate::VerdictResult;

constexpr Segments cut_and_kept[] = {Segments::cut, Segments::keep};

/// A file that the left host fetches of the right one.
class GateChangedStreams : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    if (!is_installed("curl")) GTEST_SKIP() << "needs curl";
    route();
    run("head -c 2000000 /dev/urandom > " + folder_.path("file"));
    sum_ = output_of("md5sum < " + folder_.path("file"));
    server_ = std::make_unique<Program>(
        right(), "python3 -m http.server -b :: -d " + folder_.path("") + " 8000 >/dev/null 2>&1");
    right().inside([] { wait_for_listener("t", 8000); });
  }
  [[nodiscard]] gate::GateOptions keeping(Segments segments) const {
    gate::GateOptions all = options();
    all.segments = segments;
    return all;
  }
  void expect_fetched(const std::string& from) {
    EXPECT_EQ(left().output_of("curl -gsS -m 10 http://" + from + "/file | md5sum"), sum_) << from;
  }

 private:
  TemporaryFolder folder_{};
  std::string sum_{};
  std::unique_ptr<Program> server_{};
};

/// Puts options that say nothing behind those of TCP: each segment becomes longer by as much.
void grow(HeldPacket& packet, std::size_t by) {
  const auto ip = packet.ip_offset();
  if (!ip) return;
  MutableBytes bytes = packet.edit();
  const bool is_ipv4 = bytes[*ip] >> 4 == 4;
  const std::size_t tcp = *ip + (is_ipv4 ? 20 : 40);
  const std::size_t header = (bytes[tcp + 12] >> 4) * std::size_t{4};
  const bool is_syn = (bytes[tcp + 13] & 2) != 0;
  if (is_syn || header + by > 60) return;
  const std::size_t before = bytes.size();
  bytes = packet.resize(before + by);
  ASSERT_FALSE(bytes.empty());
  const std::size_t end = tcp + header;
  std::memmove(bytes.data() + end + by, bytes.data() + end, before - end);
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(end), by, std::uint8_t{1});
  bytes[tcp + 12] = static_cast<std::uint8_t>((header + by) / 4 << 4 | (bytes[tcp + 12] & 15));
}

TEST_P(GateChangedStreams, SegmentsMayGrowAsMuchAsWasSaid) {
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) {
    grow(packet, 12);
    EXPECT_EQ(packet.accept_modified(Repair::checksums), VerdictResult::taken);
  };
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    for (const Segments segments : cut_and_kept) {
      gate::GateOptions growing = keeping(segments);
      growing.tcp_growth = 12;
      Gate gate{growing, handlers};
      gate.add({.filter = "tcp"});
      gate.start();
      expect_fetched("10.0.2.1:8000");
      expect_fetched("[fd00:2::1]:8000");
      expect_sums(gate);
      EXPECT_GT(gate.counters().held.modified.bytes, 4'000'000U);
      EXPECT_EQ(gate.counters().held.send_failed, gate::Tally{});
    }
  }
}

TEST_P(GateChangedStreams, HopsMayBeSetByRulesAndHandlers) {
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) {
    const auto ip = packet.ip_offset();
    ASSERT_TRUE(ip);
    MutableBytes bytes = packet.edit(0);
    bytes[*ip + (bytes[*ip] >> 4 == 4 ? 8U : 7U)] = 33;
    EXPECT_EQ(packet.accept_modified(Repair::checksums), VerdictResult::taken);
  };
  set_offloads(true);
  for (const bool by_rule : {false, true}) {
    for (const Segments segments : cut_and_kept) {
      Gate gate{keeping(segments), handlers};
      gate::Rule rule{.direction = Direction::out, .filter = "tcp"};
      if (by_rule) rule.changes = {gate::SetTtl{33}};
      gate.add(rule);
      gate.start();
      Witness witness{left()};
      expect_fetched("10.0.2.1:8000");
      expect_fetched("[fd00:2::1]:8000");
      std::size_t seen = 0;
      for (const Octets& frame : witness.frames(0)) {
        const wire::Layers layers = wire::decode(packet_of(frame));
        const bool is_ipv4 = frame[12] == 0x08 && frame[13] == 0;
        if (layers.outer.transport == wire::IpDatagram::absent ||
            layers[layers.outer.transport].protocol != wire::Protocol::tcp) {
          continue;
        }
        ++seen;
        ASSERT_EQ(frame[14U + (is_ipv4 ? 8U : 7U)], 33);
      }
      EXPECT_GT(seen, 20U);
      expect_sums(gate);
    }
  }
}

TEST_P(GateChangedStreams, DestinationsMayBeChangedThereAndBack) {
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    for (const Segments segments : cut_and_kept) {
      Gate gate{keeping(segments)};
      gate.add({.id = "port",
                .direction = Direction::in,
                .filter = "tcp dst port 80",
                .changes = {gate::SetDestinationPort{8000}}});
      gate.add({.id = "host",
                .direction = Direction::in,
                .filter = "dst host 10.0.2.77",
                .changes = {gate::SetDestination{Ipv4Address{{10, 0, 2, 1}}}}});
      gate.start();
      expect_fetched("10.0.2.1:80");
      expect_fetched("[fd00:2::1]:80");
      expect_fetched("10.0.2.77:8000");
      expect_fetched("10.0.2.1:8000");
      expect_sums(gate, Sent::whole, Hits::but_for_answers);
      EXPECT_GT(gate.counters().changes.changed, 20U);
      EXPECT_GT(gate.counters().changes.restored, 20U);
      EXPECT_EQ(gate.counters().changes.flows_evicted, 0U);
    }
  }
}

TEST_P(GateChangedStreams, DelaysAreAtLeastAsLongAsWasSaid) {
  Gate gate{options()};
  gate.add({.direction = Direction::out,
            .filter = "icmp or tcp",
            .delay = std::chrono::milliseconds{20}});
  gate.start();
  const std::string text =
      left().output_of("ping -n -c 10 -i 0.005 -W 2 10.0.2.1 | grep -o 'time=.*'");
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("time=", at)) != std::string::npos; ++at) {
    ++count;
    EXPECT_GE(std::stod(text.substr(at + 5)), 20.0);
    EXPECT_LT(std::stod(text.substr(at + 5)), 200.0);
  }
  EXPECT_EQ(count, 10U) << text;
  expect_fetched("10.0.2.1:8000");
  expect_sums(gate);
  EXPECT_GT(gate.counters().held.ruled_passed.packets, 20U);
}

TEST_P(GateChangedStreams, QueuesThatGoByTheTimeOfDepartureAreNoHindrance) {
  set_offloads(true);
  std::vector<std::string> queues{"fq"};
  if (may_take_long())
    queues.insert(queues.end(), {"tbf rate 1gbit burst 100kb latency 50ms", "pfifo"});
  int there = 0;
  for (const std::string& queue : queues) {
    if (std::system(("tc qdisc add dev to_left root " + queue + " 2>/dev/null").c_str()) != 0)
      continue;
    for (const Segments segments : cut_and_kept) {
      Gate gate{keeping(segments), accepting()};
      gate.add({.filter = "tcp"});
      gate.start();
      expect_fetched("10.0.2.1:8000");
      expect_fetched("[fd00:2::1]:8000");
      expect_sums(gate);
    }
    run("tc qdisc del dev to_left root");
    ++there;
  }
  if (there == 0) GTEST_SKIP() << "needs the queueing discipline fq";
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateChangedStreams,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

/// Tagged frames of several segments.
class GateTaggedSegments : public GateTest {};

TEST_P(GateTaggedSegments, KeepTheirTagCutAndKept) {
  bridge();
  left().run("ethtool -K eth0 tx on tso on gso on >/dev/null 2>&1; true");
  run("ethtool -K to_left rx on >/dev/null 2>&1; true");
  constexpr std::size_t size = 20'000;
  constexpr std::uint16_t segment = 1'400;
  Octets payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  for (const std::uint16_t type : {std::uint16_t{0x8100}, std::uint16_t{0x88a8}}) {
    const Octets plain = sealed(eth(0x86dd), ip6(6), tcp(), payload);
    const Octets frame =
        tagged(left_to_adapter(plain, 14, ipv6_transport + 16, 6, 20 + size), 0x6009, type);
    const sys::Offload offload{
        .segments = sys::Offload::Segments::tcp_ipv6,
        .header_length = 18 + 40 + 20,
        .segment_size = segment,
        .checksum_start = 18 + 40,
        .checksum_offset = 16,
        .pseudo_header = load_be<std::uint16_t>(frame.data() + 18 + 40 + 16)};
    for (const Segments segments : cut_and_kept) {
      gate::GateOptions kept = options();
      kept.segments = segments;
      std::vector<std::uint32_t> lengths;
      gate::Handlers handlers;
      handlers.on_held = [&](HeldPacket& packet) {
        lengths.push_back(packet.packet().wire_length);
        packet.accept();
      };
      Gate gate{kept, handlers};
      gate.add({.filter = "vlan 9 and ip6 and tcp"});
      gate.start();
      Witness witness{right()};
      send_offloaded(left(), frame, offload);
      const std::size_t count = (size + segment - 1) / segment;
      Octets arrived;
      for (const Octets& part : witness.frames(count)) {
        ASSERT_GT(part.size(), 78U);
        EXPECT_EQ(load_be<std::uint16_t>(part.data() + 12), type);
        EXPECT_EQ(load_be<std::uint16_t>(part.data() + 14), 0x6009);
        EXPECT_EQ(checksums_of(part).find("bad"), std::string::npos) << checksums_of(part);
        EXPECT_LE(part.size(), 78U + segment);
        arrived.insert(arrived.end(), part.begin() + 78, part.end());
      }
      EXPECT_TRUE(arrived == payload);
      expect_sums(gate);
      gate.stop();
      EXPECT_EQ(lengths.size(), segments == Segments::cut ? count : 1U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateTaggedSegments,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
