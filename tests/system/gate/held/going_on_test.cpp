// What leaves, byte by byte, as the other end sees it.
#include <gtest/gtest.h>

#include "support/checked_frames.h"
#include "system/gate/held/holding.h"
#include "weir/wire/sctp.h"
#include "weir/wire/vxlan.h"

namespace weir::test {
namespace {

using gate::HeldPacket;
using gate::Repair;
using gate::VerdictResult;

constexpr std::size_t udp_field = 6;
constexpr std::size_t tcp_field = 16;

using GoingOn = HoldingTest;

TEST_F(GoingOn, AnUnmodifiedPacketLeavesAsTheWireWouldHaveCarriedIt) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets udp4 = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets tcp6 = sealed(eth(0x86dd), ip6(6), tcp(), rest(1'000));
  const Octets sctp = sealed(eth(0x0800), ip4(132), wire::SctpFields{}, rest(16));
  const Octets tunnel = sealed(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x86dd),
                               ip6(6), tcp(), rest(77));
  const Octets wrong = changed(tcp6, ipv6_transport + tcp_field, 0xab);
  Octets unfinished_sctp = sctp;
  std::fill_n(unfinished_sctp.begin() + ipv4_transport + 8, 4, std::uint8_t{0});
  const Octets padding = padded(udp4, 7);
  const std::vector<std::pair<Octets, Octets>> cases{
      {udp4, udp4},
      {left_to_adapter(udp4, 14, ipv4_transport + udp_field, 17, 109), udp4},
      {left_to_adapter(tcp6, 14, ipv6_transport + tcp_field, 6, 1'020), tcp6},
      {wrong, wrong},
      {sctp, sctp},
      {unfinished_sctp, sctp},
      {left_to_adapter(tunnel, 64, 64 + 40 + tcp_field, 6, 97), tunnel},
      {left_to_adapter(padding, 14, ipv4_transport + udp_field, 17, 109), padding},
      {numbered_frame(5), numbered_frame(5)},
      {tagged(udp4, 5), tagged(udp4, 5)},
  };
  for (const bool outgoing : {true, false}) {
    {
      TakenBatch batch{lane, near};
      for (const auto& [came, left] : cases) {
        HeldPacket packet = batch.hold(came, {.outgoing = outgoing});
        EXPECT_EQ(octets(packet.packet()), left);
        EXPECT_EQ(packet.packet().flags, PacketFlags::none);
        EXPECT_EQ(packet.accept(), VerdictResult::taken);
      }
    }
    const std::vector<Octets> seen = frames_of(outgoing ? *far : *outer, cases.size());
    ASSERT_EQ(seen.size(), cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(seen[i], cases[i].second) << i;
  }
  expect_sums(*table);
  const gate::HeldCounters counters = table->counters();
  EXPECT_EQ(counters.accepted.packets, 2 * cases.size());
  EXPECT_EQ(counters.sent, counters.accepted);
}

TEST_F(GoingOn, APacketNobodyLooksAtLeavesTheSame) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 109);
  {
    TakenBatch batch{lane, near};
    EXPECT_EQ(batch.hold(left).accept(), VerdictResult::taken);
    batch.decide(left, gate::Fate::ruled_passed);
    batch.decide(left, gate::Fate::dropped);
  }
  EXPECT_EQ(frames_of(*far), (std::vector<Octets>{right, right}));
  EXPECT_EQ(table->counters().ruled_passed.packets, 1U);
  EXPECT_EQ(table->counters().dropped.packets, 1U);
  expect_sums(*table);
}

TEST_F(GoingOn, APacketHasItsFacts) {
  const auto table = make_table();
  const Octets frame = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Timestamp before = wall_clock();
  TakenBatch batch{table->add_lane(), near};
  HeldPacket packet = batch.hold(frame, {.outgoing = false});
  EXPECT_EQ(packet.adapter(), "near");
  EXPECT_EQ(packet.rule(), "rule 7");
  EXPECT_EQ(packet.ip_offset(), 14U);
  EXPECT_EQ(packet.ip_size(), 129U);
  EXPECT_EQ(packet.segment_size(), 0U);
  EXPECT_FALSE(packet.is_truncated());
  EXPECT_EQ(packet.packet().interface_index, near->index());
  EXPECT_EQ(packet.packet().direction, Direction::in);
  EXPECT_EQ(packet.packet().link_type, LinkType::ethernet);
  EXPECT_EQ(packet.packet().wire_length, frame.size());
  constexpr auto off = std::chrono::milliseconds{50};
  EXPECT_GE(packet.packet().timestamp, before - off);
  EXPECT_LE(packet.packet().timestamp, wall_clock() + off);
  EXPECT_FALSE(packet.is_decided());
  EXPECT_FALSE(packet.time_left());
  packet.drop();
  EXPECT_TRUE(packet.is_decided());
}

TEST_F(GoingOn, AModifiedPacketLeavesWithTheBytesOfTheHandler) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 109);
  Octets wrong = right;
  wrong.back() ^= 0xff;
  // With padding behind the datagram.
  const Octets shortest = changed(sealed(eth(0x0800), ip4(17), udp(), rest(5)), 45, 0);
  {
    TakenBatch batch{lane, near};
    HeldPacket spoilt = batch.hold(left);
    spoilt.edit().back() ^= 0xff;
    EXPECT_EQ(octets(spoilt.packet()), wrong);
    EXPECT_EQ(spoilt.accept_modified(), VerdictResult::taken);
    EXPECT_EQ(octets(spoilt.packet()), wrong);
    EXPECT_TRUE(spoilt.edit(5'000).empty());
    EXPECT_TRUE(spoilt.resize(60).empty());

    HeldPacket repaired = batch.hold(left);
    repaired.edit()[60] = 0x77;
    EXPECT_EQ(repaired.accept_modified(Repair::checksums), VerdictResult::taken);

    HeldPacket longer = batch.hold(left);
    EXPECT_TRUE(longer.edit(20).data() != nullptr);
    EXPECT_TRUE(longer.resize(right.size() + 21).empty());
    const MutableBytes grown = longer.resize(right.size() + 20);
    ASSERT_EQ(grown.size(), right.size() + 20);
    EXPECT_EQ(grown.back(), 0);
    EXPECT_EQ(longer.packet().wire_length, right.size() + 20);
    EXPECT_EQ(longer.accept_modified(Repair::checksums), VerdictResult::taken);

    HeldPacket shorter = batch.hold(left);
    static_cast<void>(shorter.edit());
    EXPECT_EQ(shorter.resize(right.size() - 40).size(), right.size() - 40);
    EXPECT_EQ(shorter.accept_modified(Repair::checksums), VerdictResult::taken);

    HeldPacket short_one = batch.hold(shortest);
    short_one.edit()[45] = 0x5a;
    EXPECT_EQ(short_one.accept_modified(Repair::checksums), VerdictResult::taken);

    HeldPacket unchanged = batch.hold(left);
    static_cast<void>(unchanged.edit());
    EXPECT_EQ(unchanged.accept(), VerdictResult::taken);
  }
  Octets payload = rest(101);
  payload[60 - 42] = 0x77;
  Octets zeros = rest(101);
  zeros.resize(121, 0);
  EXPECT_EQ(frames_of(*far, 6),
            (std::vector<Octets>{wrong, sealed(eth(0x0800), ip4(17), udp(), payload),
                                 sealed(eth(0x0800), ip4(17), udp(), zeros),
                                 sealed(eth(0x0800), ip4(17), udp(), rest(61)),
                                 sealed(eth(0x0800), ip4(17), udp(), rest(5)), right}));
  const gate::HeldCounters counters = table->counters();
  EXPECT_EQ(counters.modified.packets, 5U);
  EXPECT_EQ(counters.modified.bytes, 4 * right.size() + 60);
  EXPECT_EQ(counters.accepted.packets, 1U);
  EXPECT_EQ(counters.sent.bytes, 5 * right.size() + 20 - 40 + 60);
  expect_sums(*table);
}

TEST_F(GoingOn, ADroppedPacketVanishes) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  {
    TakenBatch batch{lane, near};
    EXPECT_EQ(batch.hold(numbered_frame(1)).drop(), VerdictResult::taken);
    EXPECT_EQ(batch.hold(numbered_frame(2)).accept(), VerdictResult::taken);
  }
  EXPECT_EQ(frames_of(*far), std::vector<Octets>{numbered_frame(2)});
  EXPECT_EQ(table->counters().dropped, (gate::Tally{1, 64}));
  expect_sums(*table);
}

TEST_F(GoingOn, ATruncatedPacketIsWholeWhenItGoesOn) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(500));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 508);
  {
    TakenBatch batch{lane, near};
    for (const Octets& came : {right, left}) {
      HeldPacket packet = batch.hold(came, {.snapshot_length = 96});
      EXPECT_TRUE(packet.is_truncated());
      EXPECT_EQ(octets(packet.packet()), Octets(right.begin(), right.begin() + 96));
      EXPECT_EQ(packet.packet().wire_length, right.size());
      EXPECT_EQ(packet.ip_size(), right.size() - 14);
      EXPECT_TRUE(packet.edit().empty());
      EXPECT_EQ(packet.accept_modified(), VerdictResult::snapped);
      EXPECT_FALSE(packet.is_decided());
      EXPECT_EQ(packet.accept(), VerdictResult::taken);
      EXPECT_EQ(packet.accept_modified(), VerdictResult::late);
    }
    HeldPacket whole = batch.hold(numbered_frame(1), {.snapshot_length = 64});
    EXPECT_FALSE(whole.is_truncated());
    whole.drop();
  }
  EXPECT_EQ(frames_of(*far), (std::vector<Octets>{right, right}));
}

TEST_F(GoingOn, WhatIsTooLongIsDecidedByPolicy) {
  for (const bool outgoing : {true, false}) {
    for (const gate::Policy policy : {gate::Policy::open, gate::Policy::closed}) {
      const auto table = make_table({.policies = {.too_long = policy}});
      const Octets longest = sealed(eth(0x0800), ip4(17), udp(), rest(outgoing ? 1'472 : 8'972));
      capture::Live& live = outgoing ? *far : *outer;
      {
        TakenBatch batch{table->add_lane(), near};
        HeldPacket fits = batch.hold(longest, {.outgoing = outgoing});
        static_cast<void>(fits.edit());
        EXPECT_EQ(fits.accept_modified(), VerdictResult::taken);
        HeldPacket packet = batch.hold(longest, {.outgoing = outgoing});
        static_cast<void>(packet.edit());
        static_cast<void>(packet.resize(longest.size() + 1));
        EXPECT_EQ(packet.accept_modified(), VerdictResult::too_long);
        EXPECT_TRUE(packet.is_decided());
        HeldPacket with_tag = batch.hold(tagged(longest, 9), {.outgoing = outgoing});
        static_cast<void>(with_tag.edit());
        EXPECT_EQ(with_tag.accept_modified(), VerdictResult::taken);
      }
      const bool open = policy == gate::Policy::open;
      std::vector<Octets> expected{longest, tagged(longest, 9)};
      if (open) expected.insert(expected.begin(), longest);
      EXPECT_EQ(frames_of(live, expected.size()), expected);
      EXPECT_EQ(table->counters().too_long_passed.packets, open ? 1U : 0U);
      EXPECT_EQ(table->counters().too_long_dropped.packets, open ? 0U : 1U);
      EXPECT_EQ(table->counters().send_failed.packets, 0U);
      expect_sums(*table);
    }
  }
}

TEST_F(GoingOn, WhatCameLongerThanASocketSendsGoesOnAllTheSame) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  // A tag of 802.1ad, which packet sockets leave no room for.
  const auto service = [](const Octets& frame) { return tagged(frame, 7, 0x88a8); };
  const Octets udp4 = service(sealed(eth(0x0800), ip4(17), udp(), rest(1'472)));
  const Octets udp6 = service(sealed(eth(0x86dd), ip6(17), udp(), rest(1'452)));
  const Octets tcp4 = service(sealed(eth(0x0800), ip4(6), tcp(), rest(1'460)));
  const Octets tcp6 = service(sealed(eth(0x86dd), ip6(6), tcp(), rest(1'440)));
  ASSERT_EQ(tcp6.size(), 1'518U);
  const Octets wrong = changed(tcp6, tcp6.size() - 1, 0);
  {
    TakenBatch batch{lane, near};
    for (const Octets& frame : {udp4, udp6, tcp4, tcp6}) batch.hold(frame).accept();
    batch.hold(left_to_adapter(tcp6, 18, 58 + tcp_field, 6, 1'460)).accept();
    HeldPacket edited = batch.hold(udp4);
    edited.edit().back() = 9;
    EXPECT_EQ(edited.accept_modified(Repair::checksums), VerdictResult::taken);
    batch.hold(wrong).accept();
  }
  const std::vector<Octets> seen = frames_of(*far, 6);
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[0], udp4);
  EXPECT_EQ(seen[1], udp6);
  EXPECT_EQ(seen[2], tcp4);
  EXPECT_EQ(seen[3], tcp6);
  EXPECT_EQ(seen[4], tcp6);
  EXPECT_EQ(seen[5].back(), 9);
  EXPECT_EQ(checksums_of(seen[5]), "ip good, udp good");
  EXPECT_EQ(table->counters().send_failed.packets, 1U);
  expect_sums(*table);
}

TEST_F(GoingOn, ManyLeaveInTheirOrder) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  constexpr std::uint64_t count = 200;
  {
    TakenBatch batch{lane, near};
    for (std::uint64_t i = 0; i < count; ++i) batch.hold(numbered_frame(i)).accept();
  }
  const auto seen = collect(*far, count);
  ASSERT_EQ(seen.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) EXPECT_EQ(number_of(seen[i].packet()), i);
}

TEST_F(GoingOn, AnAdapterThatIsDownOrGoneIsCounted) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const auto accept_one = [&] {
    TakenBatch batch{lane, near};
    batch.hold(numbered_frame(1)).accept();
  };
  run("ip link set near down");
  accept_one();
  EXPECT_EQ(table->counters().send_failed, (gate::Tally{1, 64}));
  EXPECT_FALSE(near->is_gone());
  run("ip link delete near");
  accept_one();
  EXPECT_EQ(table->counters().send_failed, (gate::Tally{2, 128}));
  EXPECT_TRUE(near->is_gone());
  expect_sums(*table);
}

TEST_F(GoingOn, SynsLeaveRoomForGrowth) {
  const auto syn = [](std::uint16_t size) {
    wire::TcpFields fields = tcp();
    fields.flags = wire::tcp_flags::syn;
    const Octets option{2, 4, static_cast<std::uint8_t>(size >> 8),
                        static_cast<std::uint8_t>(size)};
    fields.options = option;
    return sealed(eth(0x86dd), ip6(6), fields, Octets{});
  };
  const auto table = make_table({.tcp_growth = 20});
  gate::Lane& lane = table->add_lane();
  for (const bool outgoing : {true, false}) {
    {
      TakenBatch batch{lane, near};
      batch.hold(syn(1'440), {.outgoing = outgoing}).accept();
      batch
          .hold(left_to_adapter(syn(1'440), 14, ipv6_transport + tcp_field, 6, 24),
                {.outgoing = outgoing})
          .accept();
    }
    EXPECT_EQ(frames_of(outgoing ? *far : *outer, 2),
              (std::vector<Octets>{syn(1'420), syn(1'420)}));
  }
}

class RememberedFlows : public gate::FlowTable {
 public:
  void decide(const gate::FlowKey& key, bool pass) noexcept override {
    keys.push_back(key);
    passes.push_back(pass);
  }
  std::vector<gate::FlowKey> keys{};
  std::vector<bool> passes{};
};

TEST_F(GoingOn, AVerdictOnTheRestOfTheFlowIsPassedOn) {
  RememberedFlows flows;
  const auto table = make_table({}, &flows);
  TakenBatch batch{table->add_lane(), near};
  const Octets frame = sealed(eth(0x0800), ip4(17), udp(53), rest(20));
  HeldPacket first = batch.hold(frame);
  first.accept(gate::RestOfFlow::same);
  first.drop(gate::RestOfFlow::same);
  batch.hold(frame).drop(gate::RestOfFlow::same);
  batch.hold(frame).accept();
  batch.hold(numbered_frame(1)).accept(gate::RestOfFlow::same);
  EXPECT_EQ(flows.passes, (std::vector<bool>{true, false}));
  ASSERT_EQ(flows.keys.size(), 2U);
  EXPECT_EQ(flows.keys[0].adapter, near->index());
  EXPECT_EQ(flows.keys[0].protocol, 17);
}

}  // namespace
}  // namespace weir::test
