// Adapters without a link layer.
#include <gtest/gtest.h>

#include <string>

#include "support/checked_frames.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"
#include "system/gate/truth/tunnel_pair.h"
#include "system/tunnel.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;
using gate::Segments;

class GateTunnel : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
    pair_ = std::make_unique<TunnelPair>(right());
  }
  void expect_success(const std::string& command) {
    const std::string text = output_of("(" + command + ") 2>&1 || echo failed with $?");
    EXPECT_EQ(text.find("failed with"), std::string::npos) << command << '\n' << text;
  }
  [[nodiscard]] const TunnelPair& pair() const { return *pair_; }

 private:
  std::unique_ptr<TunnelPair> pair_{};
};

TEST_P(GateTunnel, CarriesWhatIsHeld) {
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) {
    EXPECT_EQ(packet.packet().link_type, LinkType::raw);
    EXPECT_EQ(packet.ip_offset(), 0U);
    EXPECT_EQ(packet.adapter(), "tun0");
    const std::string checksums = checksums_of(packet.packet().data, LinkType::raw);
    EXPECT_EQ(checksums.find("bad"), std::string::npos) << checksums;
    packet.accept();
  };
  Gate gate{options({"tun0"}), handlers};
  gate.add({.filter = "icmp or icmp6 or udp or tcp"});
  gate.start();
  for (const std::string to : {"10.0.3.1", "fd00:3::1"}) {
    expect_success("ping -n -c 10 -i 0.002 -W 2 -s 1000 " + to);
  }
  EXPECT_GE(gate.counters().held.accepted.packets, 2U * 10 * 2);
  if (is_installed("iperf3")) {
    const Program server{right(), "iperf3 -s >/dev/null 2>&1"};
    right().inside([] { wait_for_listener("t", 5201); });
    for (const std::string way : {"", " -R"}) {
      expect_success("timeout 20 iperf3 -c 10.0.3.1 -n 2M" + way);
      expect_success("timeout 20 iperf3 -c fd00:3::1 -n 2M" + way);
    }
  }
  for (const Octets& packet : pair().carried()) {
    const std::string checksums = checksums_of(packet, LinkType::raw);
    EXPECT_EQ(checksums.find("bad"), std::string::npos) << checksums;
  }
  expect_sums(gate);
}

TEST_P(GateTunnel, ChangesWhatComesAndGoes) {
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) {
    MutableBytes bytes = packet.edit();
    bytes = packet.resize(bytes.size() + 4);
    bytes.back() = 0x99;
    EXPECT_EQ(packet.accept_modified(gate::Repair::checksums), gate::VerdictResult::taken);
  };
  Gate gate{options({"tun0"}), handlers};
  gate.add({.filter = "udp port 4000"});
  gate.start();
  const DatagramSocket here{4'000};
  const DatagramSocket there{right(), 4'000};
  for (const std::string net : {"::ffff:10.0.3.", "fd00:3::"}) {
    here.send(net + "1", 4'000, Octets(100, 1));
    Octets expected(100, 1);
    expected.insert(expected.end(), {0, 0, 0, 0x99});
    EXPECT_EQ(there.receive(), expected);
    there.send(net + "254", 4'000, Octets(100, 1));
    EXPECT_EQ(here.receive(), expected);
  }
  EXPECT_EQ(gate.counters().held.modified.packets, 4U);
  expect_sums(gate);
}

TEST_P(GateTunnel, StandsBesideAdaptersWithALinkLayer) {
  route();
  Gate gate{options({}), accepting()};
  gate.add({.id = "ping", .filter = "icmp or icmp6"});
  gate.add({.id = "addresses", .action = gate::Action::drop, .filter = "ether host 1:2:3:4:5:6"});
  gate.start();
  for (const std::string to : {"10.0.3.1", "fd00:3::1", "10.0.2.1", "fd00:1::1"}) {
    expect_success("ping -n -c 3 -i 0.002 -W 2 " + to);
  }
  EXPECT_GE(gate.counters().held.accepted.packets, 4U * 3 * 2);
  expect_sums(gate);
  for (const gate::RuleStatus& status : gate.rules()) {
    EXPECT_EQ(status.cannot_match.size(), status.rule.id == "addresses" ? 1U : 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateTunnel,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
