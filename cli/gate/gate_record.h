// What a gate has counted: as text and as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "weir/gate/counters.h"
#include "weir/gate/rule.h"
#include "weir/packet.h"

namespace weir::cli {

/// All that is told at a time.
struct GateRecord {
  Timestamp time{};
  /// Since the gate began.
  Duration elapsed{};
  bool is_last = false;
  bool is_dry_run = false;
  std::vector<std::string> adapters{};
  gate::GateCounters counters{};
  std::vector<gate::RuleStatus> rules{};
};

/// Packets of each rule at an earlier time; ids as gate::Rule has them.
struct EarlierHits {
  std::vector<gate::RuleStatus> rules{};
  Duration elapsed{};
};

/// Lines with a heading, a rule each, and sums below. `width`: columns of a terminal, lines are cut
/// there; 0: they are not. Rates are those since `earlier`.
[[nodiscard]] std::string gate_table(const GateRecord& record, const EarlierHits& earlier,
                                     std::size_t width);

/// What did not go as it should have, a line each: packets that policies decided about, copies
/// nobody saw, what the kernel refused; and rules that cannot match. Empty where all did.
[[nodiscard]] std::string gate_remarks(const GateRecord& record);

/// One JSON line "gate", and one "rule" for each rule.
void print_json(const GateRecord& record);
/// The same on standard error.
void tell_json(const GateRecord& record);

}  // namespace weir::cli
