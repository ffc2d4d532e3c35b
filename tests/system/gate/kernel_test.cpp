// The gate's programs in the kernel, run on frames made up for them.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "gate/flow_key.h"
#include "gate/kernel/dispatcher.h"
#include "gate/kernel/flow_value.h"
#include "gate/kernel/hold.h"
#include "gate/kernel/layout.h"
#include "gate/kernel/rule_sets.h"
#include "sys/bpf_program.h"
#include "sys/bytes_of.h"
#include "system/gate/datagram.h"
#include "weir/filter/filter.h"

namespace weir::gate {
namespace {

constexpr std::uint64_t place = tag::place(7, 3);
constexpr std::int32_t on = -1;
constexpr std::int32_t shot = 2;        // TC_ACT_SHOT
constexpr std::int32_t redirected = 7;  // TC_ACT_REDIRECT

/// In a test run those are sent by a socket of no family, others by one of IP.
std::vector<std::uint8_t> not_ip() {
  auto made = test::datagram();
  made[12] = 0x88;
  made[13] = 0xb5;
  return made;
}

bpf::EbpfProgram fragment(const char* text) {
  const filter::Filter filter{text};
  return bpf::translate_fragment(filter.program(LinkType::ethernet), {.match = 1, .no_match = 0})
      .value();
}

class Kernel : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = sys::why_no_bpf(); !why.empty()) GTEST_SKIP() << why;
    maps.emplace(Maps::Sizes{.ring = 1 << 20, .notice_ring = 1 << 16, .flows = 64});
    const AdapterEntry entry{.counters = 0, .link = 0, .snapshot_length = 40};
    const std::uint32_t adapter = 1;
    ASSERT_EQ(maps->adapters.update(sys::bytes_of(adapter), sys::bytes_of(entry)), 0);
    sets.emplace(*maps, place, false);
    load(slot::hold, hold_program(*maps, options));
    load(slot::notice, notice_program(*maps));
    load(slot::shown_drop, shown_drop_program(*maps));
    for (const bool outgoing : {false, true}) {
      const auto code = linked_dispatcher(dispatcher(outgoing), *maps);
      dispatchers[outgoing ? 1 : 0].emplace(std::as_bytes(std::span{code}));
    }
  }
  void load(std::uint32_t slot, const bpf::EbpfProgram& code) {
    const sys::TrafficControlProgram program{std::as_bytes(std::span{code})};
    ASSERT_EQ(maps->programs.set(slot, program.descriptor()), 0);
  }
  std::int32_t run(const std::vector<std::uint8_t>& bytes, bool outgoing = false,
                   sys::TestContext context = {}) {
    context.adapter = 1;
    last = dispatchers[outgoing ? 1 : 0]->test_run({.frame = bytes, .context = context});
    return static_cast<std::int32_t>(last.returned);
  }
  std::uint64_t counted(HookFate fate, bool outgoing = false) {
    const std::uint32_t key = outgoing ? 1 : 0;
    std::vector<std::uint8_t> values(sys::processor_numbers() * hook_fates * sizeof(Tally));
    EXPECT_EQ(maps->adapter_counters.look_up(sys::bytes_of(key), values), 0);
    std::uint64_t sum = 0;
    for (std::size_t cpu = 0; cpu < sys::processor_numbers(); ++cpu) {
      std::uint64_t one = 0;
      std::memcpy(
          &one, values.data() + (cpu * hook_fates + static_cast<std::size_t>(fate)) * sizeof(Tally),
          8);
      sum += one;
    }
    return sum;
  }

  HoldProgramOptions options{};
  std::optional<Maps> maps{};
  std::optional<RuleSets> sets{};
  std::array<std::optional<sys::TrafficControlProgram>, 2> dispatchers{};
  sys::TestResult last{};
};

TEST_F(Kernel, PassesWithoutRules) {
  EXPECT_EQ(run(test::datagram()), on);
  sets->install({});
  EXPECT_EQ(run(test::datagram()), on);
  EXPECT_EQ(counted(HookFate::seen), 1U);
  EXPECT_EQ(counted(HookFate::unmatched), 1U);
}

TEST_F(Kernel, DropsWhatMatches) {
  const std::vector<RuleCode> rules{{.number = 1,
                                     .action = Action::drop,
                                     .direction = Direction::out,
                                     .filter = fragment("udp")}};
  sets->install({rules, {}});
  EXPECT_EQ(run(test::datagram()), on);
  EXPECT_EQ(run(test::datagram(), true), redirected);
  EXPECT_EQ(counted(HookFate::dropped, true), 1U);
}

TEST_F(Kernel, HoldsTheWholeFrame) {
  const std::vector<RuleCode> rules{{.number = 9, .filter = fragment("udp port 53")}};
  sets->install({rules, {}});
  EXPECT_EQ(run(test::datagram(54)), on);
  ASSERT_EQ(run(test::datagram(53), true, {.mark = 5, .priority = 6}), redirected);
  const Bytes held = maps->held.next();
  ASSERT_GE(held.size(), sizeof(Record) + 80);
  Record record{};
  std::memcpy(&record, held.data(), sizeof record);
  EXPECT_EQ(record.length, 80U);
  EXPECT_EQ(record.rule, 9U);
  EXPECT_EQ(record.mark, 5U);
  EXPECT_EQ(record.priority, 6U);
  EXPECT_EQ(record.adapter, 1U);
  EXPECT_EQ(record.outgoing, 1U);
  const auto sent = test::datagram(53);
  EXPECT_TRUE(std::equal(sent.begin(), sent.end(), held.begin() + sizeof(Record)));
  EXPECT_EQ(counted(HookFate::held, true), 1U);
}

TEST_F(Kernel, CopiesAtMostTheSnapshot) {
  const std::vector<RuleCode> rules{{.number = 2, .action = Action::notify}};
  sets->install({rules, {}});
  EXPECT_EQ(run(test::datagram()), on);
  const Bytes copy = maps->notices.next();
  ASSERT_GE(copy.size(), sizeof(Record) + 40);
  Record record{};
  std::memcpy(&record, copy.data(), sizeof record);
  EXPECT_EQ(record.length, 40U);
  EXPECT_EQ(record.wire_length, 80U);
  EXPECT_EQ(counted(HookFate::notified), 1U);
}

TEST_F(Kernel, ShowsACopyOfWhatARuleDrops) {
  const std::vector<RuleCode> rules{
      {.number = 3, .action = Action::drop, .shown = true, .filter = fragment("udp port 53")},
      {.number = 4, .action = Action::drop}};
  sets->install({rules, {}});
  EXPECT_NE(run(test::datagram(53)), on);
  const Bytes copy = maps->notices.next();
  ASSERT_GE(copy.size(), sizeof(Record) + 40);
  Record record{};
  std::memcpy(&record, copy.data(), sizeof record);
  EXPECT_EQ(record.rule, 3U);
  EXPECT_EQ(record.length, 40U);
  EXPECT_EQ(counted(HookFate::dropped), 1U);
  EXPECT_NE(run(test::datagram(54)), on);
  EXPECT_TRUE(maps->notices.next().empty());
  EXPECT_EQ(counted(HookFate::dropped), 2U);
  EXPECT_EQ(counted(HookFate::notified), 0U);
}

TEST_F(Kernel, KnowsItsOwnTagAndThoseFurtherOn) {
  const std::vector<RuleCode> rules{{.number = 1, .action = Action::drop}};
  sets->install({rules, {}});
  const auto passes = [&](std::uint64_t other, bool outgoing) {
    const bool on_its_way = run(not_ip(), outgoing, {.timestamp = tag::going_on(other)}) == on;
    return on_its_way;
  };
  EXPECT_TRUE(passes(place, false));
  EXPECT_EQ(last.context.timestamp, 0U);
  EXPECT_TRUE(passes(place, true));
  EXPECT_EQ(counted(HookFate::reinjected, true), 1U);
  // Out: the lower altitude and the later instance are further on. In: the higher ones.
  EXPECT_TRUE(passes(tag::place(6, 9), true));
  EXPECT_EQ(last.context.timestamp, tag::going_on(tag::place(6, 9)));
  EXPECT_TRUE(passes(tag::place(7, 4), true));
  EXPECT_FALSE(passes(tag::place(7, 2), true));
  EXPECT_FALSE(passes(tag::place(8, 0), true));
  EXPECT_TRUE(passes(tag::place(8, 0), false));
  EXPECT_TRUE(passes(tag::place(7, 4), false));
  EXPECT_FALSE(passes(tag::place(7, 2), false));
  EXPECT_FALSE(passes(tag::place(-5, 9), false));
  EXPECT_EQ(counted(HookFate::foreign, true), 2U);
  EXPECT_EQ(counted(HookFate::foreign, false), 2U);
}

TEST_F(Kernel, TakesNoTagFromSocketsOfIp) {
  const std::vector<RuleCode> rules{{.number = 1, .action = Action::drop}};
  sets->install({rules, {}});
  for (const std::uint64_t forged :
       {tag::going_on(place), tag::going_on(tag::place(8, 0)), tag::turning(place)}) {
    EXPECT_EQ(run(test::datagram(), false, {.timestamp = forged}), shot);
  }
  EXPECT_EQ(counted(HookFate::seen), 3U);
}

TEST_F(Kernel, AHeaderThatIsTooShortBelongsToNoFlow) {
  const std::vector<RuleCode> rules{{.number = 1, .action = Action::drop}};
  sets->install({rules, {}});
  auto bytes = test::datagram();
  bytes[14] = 0x40;
  // What it would have for ports.
  FlowKey key{.adapter = 1, .protocol = 17};
  std::memcpy(&key.source_port, &bytes[14], 2);
  std::memcpy(&key.destination_port, &bytes[16], 2);
  for (std::array<std::uint8_t, 16>* address : {&key.source, &key.destination}) {
    (*address)[10] = (*address)[11] = 0xff;
  }
  std::copy_n(&bytes[26], 4, key.source.begin() + 12);
  std::copy_n(&bytes[30], 4, key.destination.begin() + 12);
  const FlowValue passing{.generation = 1, .passes = 1};
  ASSERT_EQ(maps->flows.update(sys::bytes_of(key), sys::bytes_of(passing)), 0);
  maps->control.writable_words()[control::flow_generation] = 1;
  EXPECT_EQ(run(bytes), shot);
  EXPECT_EQ(counted(HookFate::flow_passed), 0U);
  bytes[14] = 0x45;
  std::memcpy(&key.source_port, &bytes[34], 2);
  std::memcpy(&key.destination_port, &bytes[36], 2);
  ASSERT_EQ(maps->flows.update(sys::bytes_of(key), sys::bytes_of(passing)), 0);
  EXPECT_EQ(run(bytes), on);
}

TEST_F(Kernel, WatchesItsOwner) {
  std::optional<OwnerWatch> watch;
  try {
    watch.emplace();
  } catch (const SystemError& error) {
    GTEST_SKIP() << error.what();
  }
  options.owner = &*watch;
  load(slot::hold, hold_program(*maps, options));
  const std::vector<RuleCode> rules{{.number = 1}};
  sets->install({rules, {}});
  EXPECT_EQ(run(test::datagram()), shot);
  EXPECT_EQ(counted(HookFate::held), 1U);
}

TEST_F(Kernel, LoadsTheSegmentFilter) {
  const auto code = segment_filter(*maps);
  EXPECT_NO_THROW(sys::SocketFilterProgram{std::as_bytes(std::span{code})});
  const auto turning = turning_program(place);
  EXPECT_NO_THROW(sys::TrafficControlProgram{std::as_bytes(std::span{turning})});
}

}  // namespace
}  // namespace weir::gate
