// The rules of a NetFilter as they were passed, and what they are for a gate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/filter/filter.h"
#include "weir/gate/rule.h"

namespace weir::compat::net_filter {

/// As add_filter_rule() and add_passthrough_rule() have it.
struct NetFilterRule {
  int rule_id = 0;
  int adapter_id = 0;
  int direction = 0;
  int min_packet_size = 0;
  int max_packet_size = 0;
  std::string bpf_rule{};
  /// 0 of passthrough rules.
  int action = 0;
  /// The adapter's name; empty for all.
  std::string adapter{};
  /// Of bpf_rule: names in it are looked up when the rule is added.
  std::shared_ptr<const filter::Filter> filter{};
};
using NetFilterRules = std::vector<NetFilterRule>;

enum class RuleKind : std::uint8_t { filter, passthrough };

/// Fills in its filter, which may take as long as names are looked up. Throws NetFilterError (87)
/// for one that cannot be: numbers out of range, a filter that is wrong; its adapter is not looked
/// at.
[[nodiscard]] NetFilterRule checked(RuleKind kind, NetFilterRule rule);

/// What it is for a gate. With `counts_only` (omStat) one that drops does so, and others let pass
/// at their place.
[[nodiscard]] gate::Rule gate_rule(RuleKind kind, const NetFilterRule& rule, bool counts_only);
/// Known by that to a gate: filter and passthrough rules have ids of their own.
[[nodiscard]] std::string gate_id(RuleKind kind, int rule_id);

/// A value.
class RuleBook {
 public:
  /// One that is checked(). Throws NetFilterError (87) where there is one of its id, or no room.
  void add(RuleKind kind, NetFilterRule rule);
  /// False if there is none.
  bool remove(RuleKind kind, int rule_id);
  void clear(RuleKind kind) noexcept { of(kind).clear(); }

  [[nodiscard]] const NetFilterRules& rules(RuleKind kind) const noexcept {
    return kind == RuleKind::filter ? filters_ : passthroughs_;
  }
  /// Null beyond their number.
  [[nodiscard]] const NetFilterRule* at(RuleKind kind, int index) const noexcept;

  /// All, in the order a gate asks them.
  [[nodiscard]] std::vector<gate::Rule> gate_rules(bool counts_only) const;

 private:
  [[nodiscard]] NetFilterRules& of(RuleKind kind) noexcept {
    return kind == RuleKind::filter ? filters_ : passthroughs_;
  }

  NetFilterRules filters_{};
  NetFilterRules passthroughs_{};
};

}  // namespace weir::compat::net_filter
