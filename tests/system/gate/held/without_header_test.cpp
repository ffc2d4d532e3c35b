// Adapters whose packets begin with the IP header.
#include <gtest/gtest.h>

#include <array>

#include "support/checked_frames.h"
#include "sys/tap.h"
#include "system/gate/held/holding.h"

namespace weir::test {
namespace {

using gate::HeldPacket;
using gate::VerdictResult;

class WithoutHeader : public HoldingTest {
 protected:
  void SetUp() override {
    HoldingTest::SetUp();
    if (IsSkipped()) return;
    tunnel.emplace(sys::TapOptions{.kind = sys::TapOptions::Kind::ip, .name = "tunnel"});
    tunnel->set_up();
    port = port_of("tunnel");
  }
  /// The next packet the adapter has sent.
  [[nodiscard]] Octets sent() {
    const Bytes packet = tunnel->read(room);
    return {packet.begin(), packet.end()};
  }

  std::optional<sys::Tap> tunnel{};
  std::shared_ptr<const gate::Port> port{};
  std::array<std::uint8_t, 2'000> room{};
};

struct Case {
  Octets right;
  Octets left;
  std::uint16_t ether_type;
};

std::vector<Case> cases() {
  const Octets four = sealed(ip4(17), udp(), rest(101));
  const Octets six = sealed(ip6(6), tcp(), rest(300));
  return {{four, left_to_adapter(four, 0, 20 + 6, 17, 109), 0x0800},
          {six, left_to_adapter(six, 0, 40 + 16, 6, 320), 0x86dd}};
}

TEST_F(WithoutHeader, PacketsGoOutAsTheyAre) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  for (const Case& one : cases()) {
    {
      TakenBatch batch{lane, port};
      HeldPacket packet = batch.hold(one.left);
      EXPECT_EQ(octets(packet.packet()), one.right);
      EXPECT_EQ(packet.packet().link_type, LinkType::raw);
      EXPECT_EQ(packet.ip_offset(), 0U);
      packet.accept();
    }
    EXPECT_EQ(sent(), one.right);
  }
  EXPECT_EQ(table->counters().sent.packets, 2U);
  expect_sums(*table);
}

TEST_F(WithoutHeader, PacketsGoInBehindAHeader) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  for (const Case& one : cases()) {
    {
      TakenBatch batch{lane, port};
      batch.hold(one.left, {.outgoing = false}).accept();
    }
    const std::vector<Octets> seen = frames_of(*outer, 1);
    ASSERT_EQ(seen.size(), 1U);
    Octets expected(12);
    expected.push_back(static_cast<std::uint8_t>(one.ether_type >> 8));
    expected.push_back(static_cast<std::uint8_t>(one.ether_type));
    expected.insert(expected.end(), one.right.begin(), one.right.end());
    EXPECT_EQ(seen[0], expected);
  }
  const gate::HeldCounters counters = table->counters();
  EXPECT_EQ(counters.sent, counters.accepted);
}

TEST_F(WithoutHeader, TheLongestFitsAndNoMore) {
  const auto table = make_table();
  TakenBatch batch{table->add_lane(), port};
  const Octets longest = sealed(ip4(17), udp(), rest(1'472));
  HeldPacket fits = batch.hold(longest);
  static_cast<void>(fits.edit());
  EXPECT_EQ(fits.accept_modified(), VerdictResult::taken);
  HeldPacket packet = batch.hold(longest);
  static_cast<void>(packet.edit());
  static_cast<void>(packet.resize(1'501));
  EXPECT_EQ(packet.accept_modified(), VerdictResult::too_long);
  batch.end();
  EXPECT_EQ(sent(), longest);
}

}  // namespace
}  // namespace weir::test
