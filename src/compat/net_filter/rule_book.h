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

/// A value.
class RuleBook {
 public:
  /// Fills in the rule's filter. Throws NetFilterError (87) for one that cannot be: an id that is
  /// there, numbers out of range, a filter that is wrong; its adapter is not looked at.
  void add(RuleKind kind, NetFilterRule rule);
  /// False if there is none.
  bool remove(RuleKind kind, int rule_id);
  void clear(RuleKind kind) noexcept { of(kind).clear(); }

  [[nodiscard]] const NetFilterRules& rules(RuleKind kind) const noexcept {
    return kind == RuleKind::filter ? filters_ : passthroughs_;
  }
  /// Null beyond their number.
  [[nodiscard]] const NetFilterRule* at(RuleKind kind, int index) const noexcept;

  /// All, in the order a gate asks them. With `counts_only` (omStat) those that drop do so, and the
  /// others let pass at their place.
  [[nodiscard]] std::vector<gate::Rule> gate_rules(bool counts_only) const;

 private:
  [[nodiscard]] NetFilterRules& of(RuleKind kind) noexcept {
    return kind == RuleKind::filter ? filters_ : passthroughs_;
  }

  NetFilterRules filters_{};
  NetFilterRules passthroughs_{};
};

}  // namespace weir::compat::net_filter
