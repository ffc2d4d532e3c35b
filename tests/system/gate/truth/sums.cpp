// What the gate counts, added up.
#include <ostream>

#include "system/gate/truth/gate_network.h"

namespace weir::gate {

void PrintTo(const Tally& tally, std::ostream* stream) {
  *stream << tally.packets << " packets of " << tally.bytes << " bytes";
}

}  // namespace weir::gate

namespace weir::test {
namespace {

using gate::GateCounters;
using gate::Tally;

struct Sums {
  Tally held{};
  Tally reinjected{};
  Tally held_dropped{};
  /// What rules decided about.
  Tally ruled{};
};

Sums sums_of(const GateCounters& counters) {
  Sums sums;
  for (const gate::AdapterCounters& adapter : counters.adapters) {
    sums.held += adapter.held;
    sums.reinjected += adapter.reinjected;
    sums.held_dropped += adapter.held_dropped;
    for (const Tally* fate :
         {&adapter.passed, &adapter.dropped, &adapter.notified, &adapter.not_notified,
          &adapter.held, &adapter.segmented, &adapter.full_passed, &adapter.full_dropped,
          &adapter.hang_passed, &adapter.hang_dropped}) {
      sums.ruled += *fate;
    }
  }
  sums.held += counters.segments;
  return sums;
}

std::uint64_t sent_on(const gate::HeldCounters& held) {
  std::uint64_t packets = 0;
  for (const Tally* fate :
       {&held.accepted, &held.modified, &held.expired_passed, &held.undecided_passed,
        &held.exception_passed, &held.full_passed, &held.too_long_passed, &held.ruled_passed}) {
    packets += fate->packets;
  }
  return packets;
}

Tally dropped(const gate::HeldCounters& held) {
  Tally sum = held.dropped;
  for (const Tally* fate : {&held.expired_dropped, &held.undecided_dropped, &held.exception_dropped,
                            &held.full_dropped, &held.too_long_dropped}) {
    sum += *fate;
  }
  return sum;
}

bool is_quiet(const GateCounters& counters) {
  const Sums sums = sums_of(counters);
  return counters.held.waiting.packets == 0 && sums.held == counters.held.arrived &&
         sums.reinjected.packets == counters.held.sent.packets + counters.injected.packets;
}

/// What belongs together: packets of the kernel's own come at any time.
struct Snapshot {
  GateCounters counters{};
  Tally hit{};
};

Snapshot snapshot_of(const gate::Gate& gate) {
  Snapshot taken;
  static_cast<void>(wait_until(
      [&] {
        taken = {.counters = gate.counters()};
        for (const gate::RuleStatus& rule : gate.rules()) taken.hit += rule.hits;
        return is_quiet(taken.counters) && gate.counters().adapters == taken.counters.adapters;
      },
      std::chrono::seconds{2}));
  return taken;
}

}  // namespace

void expect_sums(const gate::Gate& gate, Sent sent, Hits hits) {
  const auto [counters, hit] = snapshot_of(gate);
  for (const gate::AdapterCounters& adapter : counters.adapters) {
    EXPECT_EQ(adapter.seen, adapter.fates()) << adapter.adapter;
    EXPECT_EQ(adapter.unreadable, Tally{}) << adapter.adapter;
  }
  const Sums sums = sums_of(counters);
  const gate::HeldCounters& held = counters.held;
  Tally decided = held.decided();
  decided += held.waiting;
  EXPECT_EQ(held.arrived, decided);
  EXPECT_EQ(held.arrived, sums.held);
  EXPECT_EQ(dropped(held), sums.held_dropped);
  const std::uint64_t left = held.sent.packets + held.send_failed.packets;
  if (sent == Sent::whole) {
    EXPECT_LE(left, sent_on(held));
  }
  // Those that follow each other may leave as one frame again.
  if (counters.segments.packets == 0) {
    EXPECT_GE(left, sent_on(held));
  }
  Tally sent_on_its_way = held.sent;
  sent_on_its_way += counters.injected;
  EXPECT_EQ(sums.reinjected, sent_on_its_way);
  if (hits == Hits::of_all) {
    EXPECT_EQ(hit, sums.ruled);
  } else {
    EXPECT_LT(hit.packets, sums.ruled.packets);
  }
}

}  // namespace weir::test
