// Random packets through random rules: what the kernel's programs decide is what the rules say.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

#include "gate/kernel/dispatcher.h"
#include "gate/kernel/hold.h"
#include "gate/kernel/layout.h"
#include "gate/kernel/rule_sets.h"
#include "gate/rules/evaluator.h"
#include "gate/rules/rule_list.h"
#include "sys/bpf_program.h"
#include "sys/bytes_of.h"
#include "system/random_frame.h"

namespace weir::gate {
namespace {

constexpr std::uint32_t adapter = 1;

/// Rules about what FrameMaker makes, half of them about little of it.
class RuleMaker {
 public:
  explicit RuleMaker(std::uint64_t seed) : random_{seed} {}

  Rule next(bool shows_all) {
    Rule rule;
    rule.action = shows_all ? Action::notify : static_cast<Action>(below(5));
    rule.direction = static_cast<Direction>(below(3));
    if (below(3) == 0) rule.min_length = below(200);
    if (below(3) == 0) rule.max_length = rule.min_length + below(300);
    rule.filter = term();
    for (std::uint32_t more = below(3); more > 0; --more) rule.filter += " and " + term();
    // One packet in some hundreds, so that later rules have something to do.
    for (std::uint32_t more = 1 + below(6); more > 0; --more) {
      rule.filter +=
          " and ether[" + std::to_string(below(60)) + "] & 3 = " + std::to_string(below(4));
    }
    return rule;
  }

 private:
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>{0, limit - 1}(random_);
  }
  std::string term() {
    const std::string number = std::to_string(below(65'536));
    switch (below(14)) {
      case 0:
        return "udp";
      case 1:
        return "tcp";
      case 2:
        return "not arp";
      case 3:
        return "port " + std::to_string(below(5) == 0 ? 53 : below(1'024));
      case 4:
        return "ip6";
      case 5:
        return "ip[8] < " + std::to_string(below(256));
      case 6:
        return "greater " + std::to_string(below(300));
      case 7:
        return "ether[12:2] > " + number;
      case 8:
        return "tcp[tcpflags] & tcp-syn != 0";
      case 9:
        return "(vlan " + std::to_string(below(8)) + " or ip)";
      case 10:
        return "icmp6";
      case 11:
        return "ip[2:2] % " + std::to_string(1 + below(9)) + " = 0";
      case 12:
        return "host 10.0.0." + std::to_string(below(8));
      default:
        return "less " + std::to_string(100 + below(900));
    }
  }

  std::mt19937_64 random_;
};

class RuleVerdicts : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = sys::why_no_bpf(); !why.empty()) GTEST_SKIP() << why;
    maps.emplace(Maps::Sizes{.ring = 1 << 20, .notice_ring = 1 << 16, .flows = 64});
    const AdapterEntry entry{.counters = 0, .link = 0, .snapshot_length = 1};
    ASSERT_EQ(maps->adapters.update(sys::bytes_of(adapter), sys::bytes_of(entry)), 0);
    load(slot::hold, hold_program(*maps, {}));
    load(slot::notice, notice_program(*maps));
    for (const bool outgoing : {false, true}) {
      const auto code = linked_dispatcher(dispatcher(outgoing), *maps);
      dispatchers[outgoing ? 1 : 0].emplace(std::as_bytes(std::span{code}));
    }
  }
  void load(std::uint32_t slot, const bpf::EbpfProgram& code) {
    const sys::TrafficControlProgram program{std::as_bytes(std::span{code})};
    ASSERT_EQ(maps->programs.set(slot, program.descriptor()), 0);
  }
  void make_rules(std::size_t count, bool shows_all) {
    RuleMaker maker{count};
    while (list.entries().size() < count) {
      try {
        static_cast<void>(list.add(maker.next(shows_all)));
      } catch (const FilterError&) {
        // What can never match.
      }
    }
    for (const auto& entry : list.entries()) evaluator.add(entry->rule, 0, entry->filter);
    const std::vector<RuleAdapter> adapters{{.index = adapter, .names = {"lo"}}};
    const auto code = list.code(adapters);
    RuleSets sets{*maps, 0, false};
    sets.install({code[0], code[1]});
  }
  std::int32_t run(const test::Frame& frame, bool outgoing) {
    return static_cast<std::int32_t>(
        dispatchers[outgoing ? 1 : 0]
            ->test_run({.frame = frame, .context = {.adapter = adapter}})
            .returned);
  }
  /// The rule that decides, as the rules say.
  const RuleEntry* expected(const test::Frame& frame, bool outgoing) const {
    const Packet packet{.data = frame,
                        .wire_length = static_cast<std::uint32_t>(frame.size()),
                        .interface_index = adapter,
                        .direction = outgoing ? Direction::out : Direction::in};
    const auto index = evaluator.decide(packet);
    return index ? list.entries()[*index].get() : nullptr;
  }

  std::optional<Maps> maps{};
  std::array<std::optional<sys::TrafficControlProgram>, 2> dispatchers{};
  RuleList list{};
  Evaluator evaluator{};
};

std::size_t packets() { return std::getenv("WEIR_LONG_TESTS") != nullptr ? 1'000'000 : 100'000; }

/// The frames a test run takes: IPv4 and IPv6 headers whole, if the EtherType tells them.
bool is_runnable(const test::Frame& frame) {
  const unsigned type = static_cast<unsigned>(frame[12] << 8 | frame[13]);
  return frame.size() >= (type == 0x0800 ? 34U : type == 0x86dd ? 54U : 14U);
}

std::optional<std::uint32_t> next_rule(sys::RingBuffer& ring) {
  const Bytes bytes = ring.next();
  if (bytes.empty()) return std::nullopt;
  Record record{};
  std::memcpy(&record, bytes.data(), sizeof record);
  ring.release();
  return record.rule;
}

TEST_F(RuleVerdicts, AreThoseOfTheSameRule) {
  make_rules(1'000, true);
  test::FrameMaker frames{1};
  std::set<std::uint32_t> met;
  std::size_t unmatched = 0;
  for (std::size_t i = 0; i < packets(); ++i) {
    const test::Frame frame = frames.next();
    if (!is_runnable(frame)) continue;
    const bool outgoing = i % 2 == 1;
    ASSERT_EQ(run(frame, outgoing), -1);
    const RuleEntry* const rule = expected(frame, outgoing);
    const auto number = next_rule(maps->notices);
    ASSERT_EQ(number.has_value(), rule != nullptr) << "packet " << i;
    if (!number) {
      ++unmatched;
      continue;
    }
    ASSERT_EQ(*number, rule->number) << "packet " << i << ": " << rule->rule.filter;
    met.insert(*number);
  }
  // Otherwise it would have been too easy.
  EXPECT_GT(met.size(), 100U);
  EXPECT_GT(unmatched, 10U);
}

TEST_F(RuleVerdicts, AreWhatTheRuleDoes) {
  make_rules(200, false);
  test::FrameMaker frames{2};
  for (std::size_t i = 0; i < packets() / 10; ++i) {
    const test::Frame frame = frames.next();
    if (!is_runnable(frame)) continue;
    const bool outgoing = i % 2 == 1;
    const std::int32_t returned = run(frame, outgoing);
    const RuleEntry* const rule = expected(frame, outgoing);
    const auto action = rule == nullptr ? Action::pass : rule->rule.action;
    const bool goes_on =
        action == Action::pass || action == Action::accept || action == Action::notify;
    ASSERT_EQ(returned == -1, goes_on) << "packet " << i;
    ASSERT_EQ(next_rule(maps->held).has_value(), action == Action::hold) << "packet " << i;
    ASSERT_EQ(next_rule(maps->notices).has_value(), action == Action::notify) << "packet " << i;
  }
}

}  // namespace
}  // namespace weir::gate
