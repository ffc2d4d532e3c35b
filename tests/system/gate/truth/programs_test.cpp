// What people run through a gate in the middle, every packet of it held.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "support/temporary_folder.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;
using gate::Segments;

class GatePrograms : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) route();
  }

  [[nodiscard]] gate::GateOptions keeping(Segments segments) const {
    gate::GateOptions all = options({"to_left", "to_right"});
    all.segments = segments;
    return all;
  }
};

/// Fails if the command does.
void expect_success(const Host& host, const std::string& command) {
  const std::string text = host.output_of("(" + command + ") 2>&1 || echo failed with $?");
  EXPECT_EQ(text.find("failed with"), std::string::npos) << command << '\n' << text;
}

constexpr const char* rights[] = {"10.0.2.1", "fd00:2::1"};

TEST_P(GatePrograms, PingsEachOtherAndTheHostBetween) {
  Gate gate{keeping(Segments::cut), accepting()};
  gate.add({.filter = "icmp or icmp6"});
  gate.start();
  for (const std::string to : {"10.0.2.1", "fd00:2::1", "10.0.1.254", "fd00:1::254"}) {
    expect_success(left(), "ping -n -c 20 -i 0.002 -W 2 -s 1000 " + to);
  }
  run("ping -n -c 5 -i 0.002 -W 2 10.0.2.1 >/dev/null");
  // Too long for one frame.
  expect_success(left(), "ping -n -c 3 -i 0.002 -W 2 -s 20000 10.0.2.1");
  expect_success(left(), "ping -n -c 3 -i 0.002 -W 2 -s 20000 fd00:2::1");
  // Echoes pass both adapters there and back, those of the host between one.
  EXPECT_GE(gate.counters().held.accepted.packets, 2U * 40 * 2 + 40 * 2 + 10);
  expect_sums(gate);
}

TEST_P(GatePrograms, PingsOfWhomIsDroppedGetNoAnswer) {
  Gate gate{options({"to_right"})};
  gate.add({.action = gate::Action::drop, .direction = Direction::out, .filter = "icmp"});
  gate.start();
  EXPECT_NE(left().output_of("ping -n -c 3 -i 0.002 -W 0.2 10.0.2.1").find("100% packet loss"),
            std::string::npos);
  expect_success(left(), "ping -n -c 3 -i 0.002 -W 2 fd00:2::1");
  EXPECT_EQ(counters_of(gate, "to_right", Direction::out).dropped.packets, 3U);
  gate.clear();
  expect_success(left(), "ping -n -c 3 -i 0.002 -W 2 10.0.2.1");
}

TEST_P(GatePrograms, FindsNeighborsThroughTheGate) {
  Gate gate{keeping(Segments::cut), accepting()};
  gate.add({.hold_neighbors = true});
  gate.start();
  left().run("ip neigh flush dev eth0");
  run("ip neigh flush all");
  expect_success(left(), "ping -n -c 2 -i 0.002 -W 2 fd00:2::1");
  if (is_installed("arping")) expect_success(left(), "arping -c 2 -w 3 -I eth0 10.0.1.254");
  EXPECT_GT(gate.counters().held.accepted.packets, 8U);
  expect_sums(gate);
}

TEST_P(GatePrograms, FetchesFilesWhole) {
  if (!is_installed("curl")) GTEST_SKIP() << "needs curl";
  const TemporaryFolder folder;
  const std::string file = folder.path("file");
  run("head -c 3000000 /dev/urandom > " + file);
  const Program server{
      right(), "python3 -m http.server -b :: -d " + folder.path("") + " 8000 >/dev/null 2>&1"};
  right().inside([] { wait_for_listener("t", 8000); });
  const std::string sum = output_of("md5sum < " + file);
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    for (const Segments segments : {Segments::cut, Segments::keep}) {
      Gate gate{keeping(segments), accepting()};
      gate.add({});
      gate.start();
      for (const std::string to : {"10.0.2.1", "[fd00:2::1]"}) {
        EXPECT_EQ(left().output_of("curl -gsS -m 10 http://" + to + ":8000/file | md5sum"), sum);
      }
      expect_sums(gate);
      EXPECT_GT(gate.counters().held.accepted.bytes, 2U * 2 * 3'000'000);
    }
  }
}

class GateStreams : public GatePrograms {
 protected:
  void SetUp() override {
    GatePrograms::SetUp();
    if (IsSkipped()) return;
    if (!is_installed("iperf3")) GTEST_SKIP() << "needs iperf3";
    server_ = std::make_unique<Program>(right(), "iperf3 -s >/dev/null 2>&1");
    right().inside([] { wait_for_listener("t", 5201); });
  }

 private:
  std::unique_ptr<Program> server_{};
};

TEST_P(GateStreams, OfTcpComeThroughBothWays) {
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    for (const Segments segments : {Segments::cut, Segments::keep}) {
      Gate gate{keeping(segments), accepting()};
      gate.add({.filter = "tcp"});
      gate.start();
      for (const std::string to : rights) {
        for (const std::string way : {"", " -R"}) {
          expect_success(left(), "timeout 20 iperf3 -c " + to + " -n 5M" + way);
        }
      }
      expect_sums(gate);
      EXPECT_GT(gate.counters().held.accepted.bytes, 3U * 2 * 5'000'000);
      EXPECT_EQ(gate.counters().segments_lost, gate::Tally{});
      if (offloads) {
        EXPECT_EQ(gate.counters().segments.packets > 0, segments == Segments::cut);
      }
    }
  }
}

TEST_P(GateStreams, OfDatagramsLoseNone) {
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    Gate gate{keeping(Segments::cut), accepting()};
    gate.add({.filter = "udp"});
    gate.start();
    for (const std::string to : rights) {
      for (const std::string way : {"", " -R"}) {
        const std::string text = left().output_of("timeout 20 iperf3 -c " + to +
                                                  " -u -b 100M -l 1200 -n 3M" + way + " 2>&1");
        EXPECT_NE(text.find("(0%)"), std::string::npos) << text;
      }
    }
    expect_sums(gate);
  }
}

TEST_P(GatePrograms, DnsAnswersCanBeRewritten) {
  if (!is_installed("dig") || !is_installed("dnsmasq")) GTEST_SKIP() << "needs dig and dnsmasq";
  const Program server{right(),
                       "dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --pid-file "
                       "--user=root --address=/weir.example/192.0.2.99 >/dev/null 2>&1"};
  right().inside([] { wait_for_listener("u", 53); });
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) {
    const MutableBytes bytes = packet.edit(0);
    constexpr std::uint8_t told[] = {192, 0, 2, 99};
    const auto found = std::ranges::search(bytes, told);
    if (found.empty()) {
      packet.accept();
      return;
    }
    found.back() = 7;
    EXPECT_EQ(packet.accept_modified(gate::Repair::checksums), gate::VerdictResult::taken);
  };
  for (const bool offloads : {false, true}) {
    set_offloads(offloads);
    Gate gate{options(), handlers};
    gate.add({.direction = Direction::out, .filter = "udp src port 53"});
    gate.start();
    for (const std::string server_address : rights) {
      EXPECT_EQ(left().output_of("dig +short +time=2 @" + server_address + " a weir.example"),
                "192.0.2.7\n");
    }
    EXPECT_EQ(gate.counters().held.modified.packets, 2U);
    expect_sums(gate);
  }
}

constexpr auto attachments = {gate::Attachment::tcx, gate::Attachment::clsact};
INSTANTIATE_TEST_SUITE_P(Attachments, GatePrograms, ::testing::ValuesIn(attachments),
                         name_of_attachment);
INSTANTIATE_TEST_SUITE_P(Attachments, GateStreams, ::testing::ValuesIn(attachments),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
