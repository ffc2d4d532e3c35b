// What the gate's programs cost a packet, in test runs taken in turn: with WEIR_LONG_TESTS=1.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include "bpf/ebpf_assembler.h"
#include "gate/flow_verdicts.h"
#include "gate/kernel/dispatcher.h"
#include "gate/kernel/rule_sets.h"
#include "gate/rules/rule_list.h"
#include "sys/bpf_program.h"
#include "sys/bytes_of.h"
#include "system/gate/datagram.h"
#include "weir/filter/filter.h"

namespace weir::gate {
namespace {

using sys::TrafficControlProgram;

constexpr std::uint32_t adapter = 1;
constexpr std::uint32_t runs = 200'000;

/// A gate's programs with so many rules, of which none matches but an added last one.
class Programs {
 public:
  explicit Programs(std::size_t rules, const char* last = nullptr, bool out = false) {
    const AdapterEntry entry{};
    static_cast<void>(maps_.adapters.update(sys::bytes_of(adapter), sys::bytes_of(entry)));
    RuleList list;
    for (std::size_t i = 0; i < rules; ++i) {
      static const std::vector<std::string> kinds{"tcp port ", "udp dst port ", "host 192.0.2.",
                                                  "ip6 and tcp port ", "icmp[icmptype] = "};
      const std::string number = std::to_string(100 + i % 100);
      static_cast<void>(
          list.add({.action = Action::drop, .filter = kinds[i % kinds.size()] + number}));
    }
    if (last != nullptr) static_cast<void>(list.add({.action = Action::drop, .filter = last}));
    const std::vector<RuleAdapter> adapters{{.index = adapter, .names = {"lo"}}};
    const auto code = list.code(adapters);
    sets_.install({code[0], code[1]});
    const auto dispatching = linked_dispatcher(dispatcher(out), maps_);
    program_.emplace(std::as_bytes(std::span{dispatching}));
  }
  const TrafficControlProgram& operator*() const { return *program_; }
  Maps& maps() { return maps_; }

 private:
  Maps maps_{{.ring = 1 << 16, .notice_ring = 1 << 16, .flows = 65'536}};
  RuleSets sets_{maps_, 0, false};
  std::optional<TrafficControlProgram> program_{};
};

TrafficControlProgram loaded(const bpf::EbpfProgram& code) {
  return TrafficControlProgram{std::as_bytes(std::span{code})};
}

bpf::EbpfProgram nothing() {
  bpf::ebpf::Assembler to;
  to.move(bpf::ebpf::Register::r0, -1);
  to.exit();
  return to.take();
}

/// What tc(8)'s cls_bpf would run in direct action.
bpf::EbpfProgram plain_drop(const sys::PerCpuArray& scratch) {
  const filter::Filter filter{"udp port 53"};
  return bpf::translate(filter.program(LinkType::ethernet),
                        {.scratch_map = scratch.descriptor().number(), .match = 2, .no_match = -1})
      .value();
}

TEST(ProgramCosts, AreTold) {
  if (std::getenv("WEIR_LONG_TESTS") == nullptr) GTEST_SKIP() << "timed: set WEIR_LONG_TESTS=1";
  if (const std::string why = sys::why_no_bpf(); !why.empty()) GTEST_SKIP() << why;
  const sys::PerCpuArray scratch{bpf::ebpf_scratch_size, 1};
  const auto empty = loaded(nothing());
  const auto cls_bpf = loaded(plain_drop(scratch));
  const Programs counting{0};
  const Programs one{1};
  const Programs hundred{100};
  const Programs thousand{1'000};
  const Programs dropping{0, "udp port 53"};
  Programs flows{100};
  FlowVerdicts verdicts{flows.maps()};
  const auto bytes = test::datagram();
  const auto key = flow_key({.data = bytes, .wire_length = 80, .interface_index = adapter});
  ASSERT_TRUE(key);
  verdicts.decide(*key, true);

  const std::vector<std::pair<const char*, const TrafficControlProgram*>> rows{
      {"nothing", &empty},
      {"cls_bpf drop", &cls_bpf},
      {"gate: counts", &*counting},
      {"gate: drop", &*dropping},
      {"gate: 1 rule", &*one},
      {"gate: 100 rules", &*hundred},
      {"gate: 1,000 rules", &*thousand},
      {"gate: flow passes", &*flows}};
  std::map<std::string, std::vector<std::uint32_t>> taken;
  for (int round = 0; round < 7; ++round) {
    for (const auto& [name, program] : rows) {
      taken[name].push_back(
          program->test_run({.frame = bytes, .context = {.adapter = adapter}, .repeat = runs})
              .duration);
    }
  }
  for (const auto& [name, program] : rows) {
    auto& times = taken[name];
    std::ranges::sort(times);
    std::printf("%-20s %4u ns  (%u to %u)\n", name, times[3], times.front(), times.back());
  }
  EXPECT_GT(verdicts.list().at(0).decided.packets, runs);
}

}  // namespace
}  // namespace weir::gate
