// What becomes of packets, byte by byte, as the host on the far side sees them.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "support/checked_frames.h"
#include "system/gate/truth/gate_network.h"
#include "system/random_frame.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/sctp.h"

namespace weir::test {
namespace {

using gate::Action;
using gate::Gate;
using gate::HeldPacket;
using gate::Rule;
using gate::Tally;

/// Frames of one host through the bridge to the other; the gate is at the adapter to the left.
class GateActions : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }

  /// What the other host sees of these. `expected` are waited for.
  [[nodiscard]] std::vector<Octets> carried(Direction direction, const std::vector<Octets>& frames,
                                            std::size_t expected) {
    Host& from = direction == Direction::in ? left() : right();
    Witness witness{direction == Direction::in ? right() : left()};
    const auto sender = sender_at(from);
    for (const Octets& frame : frames) sender->send(frame);
    return witness.frames(expected);
  }
};

constexpr Direction directions[] = {Direction::in, Direction::out};

Tally tally_of(const std::vector<Octets>& frames) {
  Tally sum;
  for (const Octets& frame : frames) sum += {1, frame.size()};
  return sum;
}

/// One of each kind there is.
std::vector<Octets> kinds() {
  const Octets udp4 = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets tcp6 = sealed(eth(0x86dd), ip6(6), tcp(), rest(1'000));
  Octets broadcast = frame(eth(0x88b5), rest(46));
  std::fill_n(broadcast.begin(), 6, std::uint8_t{0xff});
  Octets multicast = sealed(eth(0x86dd), ip6(17), udp(5353), rest(20));
  multicast[0] = multicast[1] = 0x33;
  return {udp4,
          tcp6,
          changed(tcp6, 14 + 40 + 16, 0xab),  // a wrong checksum
          sealed(eth(0x0800), ip4(132), wire::SctpFields{}, rest(16)),
          frame(eth(0x0806), rest(46)),
          frame(eth(0x8035), rest(46)),
          broadcast,
          multicast,
          padded(udp4, 7),
          tagged(udp4, 5),
          tagged(tagged(tcp6, 7), 300, 0x88a8),
          tagged(tagged(tagged(udp4, 1), 2), 3),
          tagged(udp4, 0x6005),  // with a priority
          frame(eth(0x88b5), Octets{}),
          frame(eth(0x88b5), rest(1)),
          frame(eth(46), rest(46)),
          frame(eth(0x86dd), ip6(58), rest(48)),
          frame(eth(0x0800), rest(3)),
          sealed(eth(0x0800), ip4(17), udp(), rest(1'472))};
}

TEST_P(GateActions, PassesDropsAndHoldsEachKindAsItIs) {
  const std::vector<Octets> frames = kinds();
  for (const Direction direction : directions) {
    for (const Action action : {Action::pass, Action::accept, Action::drop, Action::hold}) {
      Gate gate{options(), accepting()};
      gate.add({.action = action, .direction = direction, .hold_neighbors = true});
      gate.start();
      const std::size_t expected = action == Action::drop ? 0 : frames.size();
      const auto seen = carried(direction, frames, expected);
      expect_same(seen, action == Action::drop ? std::vector<Octets>{} : frames);
      const auto counters = counters_of(gate, "to_left", direction);
      EXPECT_EQ(counters.seen, tally_of(frames));
      EXPECT_EQ(action == Action::drop   ? counters.dropped
                : action == Action::hold ? counters.held
                                         : counters.passed,
                tally_of(frames));
      expect_sums(gate);
    }
  }
}

TEST_P(GateActions, OtherDirectionAndOtherAdaptersGoOn) {
  Gate gate{options({"to_left", "to_right"}), accepting()};
  gate.add({.action = Action::drop, .adapter = "to_left", .direction = Direction::out});
  gate.start();
  expect_same(carried(Direction::in, kinds(), kinds().size()), kinds());
  EXPECT_TRUE(carried(Direction::out, kinds(), 0).empty());
  EXPECT_EQ(counters_of(gate, "to_left", Direction::out).dropped, tally_of(kinds()));
  EXPECT_EQ(counters_of(gate, "to_left", Direction::in).unmatched, tally_of(kinds()));
  EXPECT_EQ(counters_of(gate, "to_right", Direction::out).unmatched, tally_of(kinds()));
  EXPECT_EQ(counters_of(gate, "to_right", Direction::in).unmatched, tally_of(kinds()));
  expect_sums(gate);
}

TEST_P(GateActions, HoldsAtBothAdaptersOfTheWay) {
  Gate gate{options({"to_left", "to_right"}), accepting()};
  gate.add({.action = Action::hold, .hold_neighbors = true});
  gate.start();
  expect_same(carried(Direction::in, kinds(), kinds().size()), kinds());
  expect_same(carried(Direction::out, kinds(), kinds().size()), kinds());
  EXPECT_EQ(gate.counters().held.accepted.packets, 4 * kinds().size());
  expect_sums(gate);
}

TEST_P(GateActions, HoldsRandomFramesAsTheyAre) {
  FrameMaker maker{GetParam() == gate::Attachment::tcx ? 7U : 8U};
  std::vector<Octets> frames;
  for (int i = 0; i < 1'500; ++i) frames.push_back(maker.next());
  for (const Direction direction : directions) {
    // Where a tag is cut the kernel drops it, with a gate or without.
    const auto without_gate = carried(direction, frames, frames.size());
    EXPECT_GT(without_gate.size(), frames.size() * 9 / 10);
    Gate gate{options(), accepting()};
    gate.add({.direction = direction, .hold_neighbors = true});
    gate.start();
    expect_same(carried(direction, frames, without_gate.size()), without_gate);
    EXPECT_GE(gate.counters().held.accepted.packets, without_gate.size());
    expect_sums(gate);
  }
}

/// Changes the end of packets, and their length, in ways that may be changed between packets.
struct Editing {
  std::mutex mutex{};
  int growth = 0;
  gate::Repair repair = gate::Repair::none;
  /// As they left.
  std::vector<Octets> edited{};

  [[nodiscard]] gate::Handlers handlers() {
    gate::Handlers handlers;
    handlers.on_held = [this](HeldPacket& packet) {
      const std::lock_guard lock{mutex};
      MutableBytes bytes = packet.edit();
      bytes = packet.resize(bytes.size() + static_cast<std::size_t>(growth));
      bytes[bytes.size() - 1] = 0x77;
      bytes[bytes.size() - 2] = 0x66;
      edited.emplace_back(bytes.begin(), bytes.end());
      EXPECT_EQ(packet.accept_modified(repair), gate::VerdictResult::taken);
      if (repair == gate::Repair::checksums) edited.back() = octets(packet.packet());
    };
    return handlers;
  }
  void begin(int next_growth, gate::Repair next_repair) {
    const std::lock_guard lock{mutex};
    growth = next_growth;
    repair = next_repair;
    edited.clear();
  }
  [[nodiscard]] std::vector<Octets> take() {
    const std::lock_guard lock{mutex};
    return edited;
  }
};

/// What stands behind the datagram counts for nothing, unless it was repaired.
void expect_right(const Octets& frame, bool repaired, int growth) {
  const Packet packet = packet_of(frame);
  const wire::Layers layers = wire::decode(packet);
  const auto verdicts = wire::verify_checksums(packet, layers);
  const bool is_right = verdicts[layers.outer.transport] == wire::ChecksumVerdict::good;
  EXPECT_EQ(is_right, repaired || growth > 0) << growth;
  if (repaired) {
    EXPECT_EQ(layers.outer.length, frame.size() - layers[layers.outer.network].offset);
  }
}

TEST_P(GateActions, ModifiedPacketsArriveAsEditedAndRepaired) {
  using gate::Repair;
  const std::vector<Octets> frames{
      sealed(eth(0x0800), ip4(17), udp(), rest(101)), sealed(eth(0x0800), ip4(6), tcp(), rest(500)),
      sealed(eth(0x86dd), ip6(17), udp(), rest(64)), sealed(eth(0x86dd), ip6(6), tcp(), rest(333)),
      tagged(sealed(eth(0x86dd), ip6(6), tcp(), rest(200)), 9)};
  for (const Direction direction : directions) {
    Editing editing;
    Gate gate{options(), editing.handlers()};
    gate.add({.direction = direction, .filter = "ip or ip6 or vlan"});
    gate.start();
    Tally sent;
    for (const int growth : {0, 33, -20}) {
      for (const Repair repair : {Repair::none, Repair::checksums}) {
        editing.begin(growth, repair);
        const auto seen = carried(direction, frames, frames.size());
        expect_same(seen, editing.take());
        ASSERT_EQ(seen.size(), frames.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
          EXPECT_EQ(seen[i].size(), frames[i].size() + static_cast<std::size_t>(growth));
          expect_right(seen[i], repair == Repair::checksums, growth);
        }
        sent += tally_of(seen);
      }
    }
    expect_sums(gate);
    EXPECT_EQ(gate.counters().held.modified.packets, 6 * frames.size());
    EXPECT_EQ(gate.counters().held.sent, sent);
  }
}

TEST_P(GateActions, DropsWhatTheHandlerDrops) {
  for (const Direction direction : directions) {
    gate::Handlers handlers;
    int number = 0;
    handlers.on_held = [&](HeldPacket& packet) {
      if (number++ % 2 == 0) {
        packet.drop();
      } else {
        packet.accept();
      }
    };
    Gate gate{options(), handlers};
    gate.add({.direction = direction, .hold_neighbors = true});
    gate.start();
    const auto frames = kinds();
    std::vector<Octets> expected;
    for (std::size_t i = 1; i < frames.size(); i += 2) expected.push_back(frames[i]);
    expect_same(carried(direction, frames, expected.size()), expected);
    expect_sums(gate);
    EXPECT_EQ(gate.counters().held.accepted, tally_of(expected));
    EXPECT_EQ(gate.counters().held.dropped.packets, frames.size() - expected.size());
  }
}

TEST_P(GateActions, NotifiesOfEachAndLetsItGoOn) {
  for (const Direction direction : directions) {
    std::mutex mutex;
    std::vector<Octets> told;
    gate::Handlers handlers;
    handlers.on_notified = [&](const Packet& packet, const std::string& rule) {
      const std::lock_guard lock{mutex};
      EXPECT_EQ(rule, "tell");
      EXPECT_EQ(packet.direction, direction);
      EXPECT_LT(std::chrono::abs(wall_clock() - packet.timestamp), std::chrono::seconds{10});
      told.push_back(octets(packet));
    };
    Gate gate{options(), handlers};
    gate.add({.id = "tell", .action = Action::notify, .direction = direction});
    gate.start();
    expect_same(carried(direction, kinds(), kinds().size()), kinds());
    EXPECT_TRUE(wait_until([&] { return gate.counters().notices == kinds().size(); }));
    gate.stop();
    expect_same(told, kinds());
    EXPECT_EQ(counters_of(gate, "to_left", direction).notified, tally_of(kinds()));
  }
}

TEST_P(GateActions, RulesArePassingOnesFirstThenInTheirOrder) {
  Gate gate{options(), accepting()};
  gate.add({.id = "all", .action = Action::drop});
  gate.add({.id = "never", .action = Action::hold});
  gate.add({.id = "udp", .action = Action::pass, .filter = "udp"});
  gate.add({.id = "short", .action = Action::pass, .max_length = 59});
  gate.start();
  const Octets datagram = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets segment = sealed(eth(0x0800), ip4(6), tcp(), rest(101));
  const Octets brief = frame(eth(0x88b5), rest(45));
  const Octets longer = frame(eth(0x88b5), rest(46));
  const std::vector<Octets> frames{segment, datagram, longer, brief};
  expect_same(carried(Direction::in, frames, 2), std::vector<Octets>{datagram, brief});
  const std::vector<gate::RuleStatus> rules = gate.rules();
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0].rule.id, "udp");
  EXPECT_EQ(rules[0].hits, tally_of({datagram}));
  EXPECT_EQ(rules[1].hits, tally_of({brief}));
  EXPECT_EQ(rules[2].rule.id, "all");
  EXPECT_EQ(rules[2].hits, tally_of({segment, longer}));
  EXPECT_EQ(rules[3].hits, Tally{});
  expect_sums(gate);
}

TEST_P(GateActions, RulesThatAcceptHaveTheirPlaceAmongTheOthers) {
  Gate gate{options(), accepting()};
  gate.add({.id = "tcp", .action = Action::drop, .filter = "tcp"});
  gate.add({.id = "exception", .action = Action::accept, .max_length = 200});
  gate.add({.id = "rest", .action = Action::drop});
  gate.start();
  const Octets datagram = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets longer = sealed(eth(0x0800), ip4(17), udp(), rest(301));
  const Octets segment = sealed(eth(0x0800), ip4(6), tcp(), rest(101));
  expect_same(carried(Direction::in, {segment, datagram, longer}, 1),
              std::vector<Octets>{datagram});
  const std::vector<gate::RuleStatus> rules = gate.rules();
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[1].rule.id, "exception");
  EXPECT_EQ(rules[1].hits, tally_of({datagram}));
  EXPECT_EQ(counters_of(gate, "to_left", Direction::in).passed, tally_of({datagram}));
  expect_sums(gate);
}

TEST_P(GateActions, RulesThatAcceptAreJudgedInTheProcessWhereTheKernelCannot) {
  Gate gate{options(), accepting()};
  gate.add({.id = "chain", .action = Action::accept, .filter = "ip protochain 17"});
  gate.add({.id = "rest", .action = Action::drop});
  gate.start();
  const Octets datagram = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets segment = sealed(eth(0x0800), ip4(6), tcp(), rest(101));
  expect_same(carried(Direction::in, {segment, datagram}, 1), std::vector<Octets>{datagram});
  EXPECT_EQ(gate.counters().held.ruled_passed, tally_of({datagram}));
  EXPECT_EQ(gate.rules()[0].hits, tally_of({datagram}));
}

TEST_P(GateActions, NeighborsAreHeldOnlyWhereNamed) {
  const std::vector<Octets> frames{frame(eth(0x0806), rest(46)),
                                   changed(frame(eth(0x86dd), ip6(58), rest(48)), 54, 135)};
  for (const bool named : {false, true}) {
    Gate gate{options(), accepting()};
    gate.add({.filter = named ? "arp or icmp6" : ""});
    gate.start();
    expect_same(carried(Direction::in, frames, 2), frames);
    EXPECT_EQ(gate.counters().held.accepted.packets, named ? 2U : 0U);
    expect_sums(gate);
  }
}

TEST_P(GateActions, CountsOnlyTouchesNothing) {
  gate::GateOptions counting = options();
  counting.counts_only = true;
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket&) { ADD_FAILURE() << "held"; };
  Gate gate{counting, handlers};
  gate.add({.action = Action::drop, .filter = "udp"});
  gate.add({.action = Action::hold});
  gate.start();
  expect_same(carried(Direction::in, kinds(), kinds().size()), kinds());
  const auto counters = counters_of(gate, "to_left", Direction::in);
  EXPECT_GT(counters.dropped.packets, 2U);
  EXPECT_EQ(counters.seen, counters.fates());
  EXPECT_EQ(gate.counters().held.arrived, Tally{});
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateActions,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
