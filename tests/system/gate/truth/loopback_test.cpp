// Packets of a host to itself.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "support/temporary_folder.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::Segments;

/// Of the two that matter: accept_local and route_localnet.
std::string settings() {
  return output_of(
      "cat /proc/sys/net/ipv4/conf/lo/accept_local "
      "/proc/sys/net/ipv4/conf/lo/route_localnet | tr -d '\\n'");
}

class GateLoopback : public GateTest {};

void expect_success(const std::string& command) {
  const std::string text = output_of("(" + command + ") 2>&1 || echo failed with $?");
  EXPECT_EQ(text.find("failed with"), std::string::npos) << command << '\n' << text;
}

TEST_P(GateLoopback, IsHeldBothWaysAndItsSettingsAreRestored) {
  ASSERT_EQ(settings(), "00");
  {
    Gate gate{options({"lo"}), accepting()};
    gate.add({.filter = "icmp or icmp6 or udp"});
    gate.start();
    EXPECT_EQ(settings(), "11");
    expect_success("ping -n -c 10 -i 0.002 -W 2 127.0.0.1");
    expect_success("ping -n -c 10 -i 0.002 -W 2 ::1");
    // Out and in, there and back.
    EXPECT_EQ(gate.counters().held.accepted.packets, 2U * 10 * 2 * 2);
    const DatagramSocket one{4'001};
    const DatagramSocket other{4'002};
    for (const std::string to : {"::ffff:127.0.0.1", "::1"}) {
      for (const std::size_t size : {10U, 1'400U, 40'000U, 65'000U}) {
        one.send(to, 4'002, Octets(size, 7));
        EXPECT_EQ(other.receive().size(), size) << to;
      }
      one.send(to, 4'002, Octets(9'500, 7), 1'000);
      for (int i = 0; i < 10; ++i) EXPECT_EQ(other.receive().size(), i == 9 ? 500U : 1'000U);
    }
    expect_sums(gate);
  }
  EXPECT_EQ(settings(), "00");
}

TEST_P(GateLoopback, IsRefusedWhereItMayNotBeSet) {
  gate::GateOptions as_it_is = options({"lo"});
  as_it_is.set_loopback = false;
  Gate gate{as_it_is, accepting()};
  gate.add({.filter = "icmp"});
  EXPECT_THROW(gate.start(), Error);
  EXPECT_EQ(settings(), "00");
  // Rules that hold no IPv4 may be there, and where it has been set all may.
  run("sysctl -qw net.ipv4.conf.lo.accept_local=1 net.ipv4.conf.lo.route_localnet=1");
  gate.start();
  expect_success("ping -n -c 2 -i 0.002 -W 2 127.0.0.1");
  EXPECT_EQ(gate.counters().held.accepted.packets, 2U * 2 * 2);
  gate.stop();
  EXPECT_EQ(settings(), "11");
}

TEST_P(GateLoopback, StaysSetWhereOtherRulesAreRefused) {
  Gate gate{options({"lo"}), accepting()};
  gate.add({.filter = "icmp"});
  gate.start();
  // More than the kernel follows, and none that holds.
  const std::vector<gate::Rule> too_many(4'000,
                                         {.action = gate::Action::drop, .min_length = 60'000});
  EXPECT_THROW(gate.replace(too_many), Error);
  expect_success("ping -n -c 2 -i 0.002 -W 2 127.0.0.1");
  EXPECT_EQ(gate.counters().held.accepted.packets, 2U * 2 * 2);
}

TEST_P(GateLoopback, TakesBackWhatIsStillHeldWithoutARule) {
  std::atomic<bool> holds{true};
  std::vector<gate::HeldPacket> kept;
  gate::Handlers handlers;
  handlers.on_held = [&](gate::HeldPacket& packet) {
    kept.push_back(std::move(packet));
    holds = false;
  };
  Gate gate{options({"lo"}), handlers};
  gate.add({.id = "udp", .direction = Direction::in, .filter = "udp"});
  gate.start();
  const DatagramSocket one{4'001};
  const DatagramSocket other{4'002};
  one.send("::ffff:127.0.0.1", 4'002, Octets(10, 7));
  ASSERT_TRUE(wait_until([&] { return !holds; }));
  EXPECT_TRUE(gate.remove("udp"));
  ASSERT_EQ(kept.size(), 1U);
  kept.front().accept();
  EXPECT_EQ(other.receive().size(), 10U);
}

TEST_P(GateLoopback, CarriesStreamsCutAndKept) {
  if (!is_installed("curl")) GTEST_SKIP() << "needs curl";
  const TemporaryFolder folder;
  run("head -c 5000000 /dev/urandom > " + folder.path("file"));
  const std::string sum = output_of("md5sum < " + folder.path("file"));
  const Program server{"python3 -m http.server -b :: -d " + folder.path("") +
                       " 8000 >/dev/null 2>&1"};
  wait_for_listener("t", 8000);
  for (const Segments segments : {Segments::cut, Segments::keep}) {
    gate::GateOptions kept = options({"lo"});
    kept.segments = segments;
    Gate gate{kept, accepting()};
    gate.add({});
    gate.start();
    for (const std::string to : {"127.0.0.1", "[::1]"}) {
      EXPECT_EQ(output_of("curl -gsS -m 20 http://" + to + ":8000/file | md5sum"), sum);
    }
    // Its frames are longer than 64 KB.
    expect_sums(gate, segments == Segments::keep ? Sent::in_parts : Sent::whole);
    EXPECT_GT(gate.counters().held.accepted.bytes, 2U * 2 * 5'000'000);
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateLoopback,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
