// The program of some rules: the first that matches decides, otherwise the next program does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/kernel/maps.h"
#include "gate/rules/neighbors.h"
#include "weir/bpf/ebpf.h"
#include "weir/gate/rule.h"

namespace weir::gate {

/// A rule for adapters of one link type.
struct RuleCode {
  /// Of its hits in Maps::rule_hits.
  std::uint32_t number = 0;
  Action action = Action::hold;
  /// Of drop: a copy is shown.
  bool shown = false;
  Direction direction = Direction::unknown;
  /// An ifindex; nothing: any.
  std::optional<std::uint32_t> adapter{};
  std::uint32_t min_length = 0;
  std::uint32_t max_length = UINT32_MAX;
  /// Those it may match.
  Neighbors neighbors{.arp = true, .discovery = true};
  /// bpf::translate_fragment() with match 1 and no_match 0; empty: every packet.
  bpf::EbpfProgram filter{};
};

struct ChunkOptions {
  /// The slot of the rules that follow; nothing: what none has matched goes on.
  std::optional<std::uint32_t> next{};
  /// Rules count, and do nothing else.
  bool counts_only = false;
};

/// Throws Error (invalid_argument) for rules too long for one program.
[[nodiscard]] bpf::EbpfProgram chunk_program(const Maps& maps, std::span<const RuleCode> rules,
                                             const ChunkOptions& options);

}  // namespace weir::gate
