// Checks rules, and translates them.
#include "compat/net_filter/rule_book.h"

#include <algorithm>

#include "compat/net_filter/error.h"
#include "weir/gate/gate.h"

namespace weir::compat::net_filter {
namespace {

/// As many as the kernel follows, where their filters are short.
constexpr std::size_t most_rules = 3'840;

[[noreturn]] void refuse_rule(const NetFilterRule& rule, const std::string& why) {
  refuse(NetFilter::ERROR_INVALID_PARAMETER, "rule " + std::to_string(rule.rule_id) + ": " + why);
}

void check(RuleKind kind, const NetFilterRule& rule) {
  if (rule.direction < NetFilter::PACKET_DIRECTION_OUTGOING ||
      rule.direction > NetFilter::PACKET_DIRECTION_ANY) {
    refuse_rule(rule, "a direction is 0 (outgoing), 1 (incoming) or 2 (any), not " +
                          std::to_string(rule.direction));
  }
  if (rule.min_packet_size < -1 || rule.max_packet_size < -1) {
    refuse_rule(rule, "a packet size is not negative, but for -1: no limit");
  }
  if (rule.max_packet_size != -1 && rule.min_packet_size > rule.max_packet_size) {
    refuse_rule(rule, "a minimum of " + std::to_string(rule.min_packet_size) +
                          " bytes above the maximum of " + std::to_string(rule.max_packet_size));
  }
  if (kind == RuleKind::filter &&
      (rule.action < NetFilter::RULE_ACTION_DROP || rule.action > NetFilter::RULE_ACTION_NOTIFY)) {
    refuse_rule(rule, "an action is 1 (drop), 2 (capture) or 3 (notify), not " +
                          std::to_string(rule.action));
  }
}

/// Link types that gates are at.
constexpr LinkType gate_link_types[] = {LinkType::ethernet, LinkType::raw};

std::shared_ptr<const filter::Filter> compiled(const NetFilterRule& rule) {
  try {
    auto filter = std::make_shared<const filter::Filter>(
        rule.bpf_rule, filter::FilterOptions{.allow_names = true});
    for (const LinkType link_type : gate_link_types) filter->prepare(link_type);
    return filter;
  } catch (const Error& error) {
    refuse_rule(rule, error.what());
  }
}

gate::Action action_of(const NetFilterRule& rule, bool counts_only) noexcept {
  if (rule.action == NetFilter::RULE_ACTION_DROP) return gate::Action::drop;
  if (counts_only) return gate::Action::accept;
  return rule.action == NetFilter::RULE_ACTION_CAPTURE ? gate::Action::hold : gate::Action::notify;
}

Direction direction_of(const NetFilterRule& rule) noexcept {
  constexpr Direction directions[] = {Direction::out, Direction::in, Direction::unknown};
  return directions[rule.direction];
}

}  // namespace

NetFilterRule checked(RuleKind kind, NetFilterRule rule) {
  check(kind, rule);
  rule.filter = compiled(rule);
  try {
    // What a gate refuses is refused now, and not when the filter starts.
    gate::Gate{}.add(gate_rule(kind, rule, false));
  } catch (const Error& error) {
    refuse_rule(rule, error.what());
  }
  return rule;
}

std::string gate_id(RuleKind kind, int rule_id) {
  return (kind == RuleKind::passthrough ? "p" : "f") + std::to_string(rule_id);
}

gate::Rule gate_rule(RuleKind kind, const NetFilterRule& rule, bool counts_only) {
  gate::Rule made;
  made.id = gate_id(kind, rule.rule_id);
  made.action = kind == RuleKind::passthrough ? gate::Action::pass : action_of(rule, counts_only);
  made.adapter = rule.adapter;
  made.direction = direction_of(rule);
  if (rule.min_packet_size != -1) {
    made.min_length = static_cast<std::uint32_t>(rule.min_packet_size);
  }
  if (rule.max_packet_size != -1) {
    made.max_length = static_cast<std::uint32_t>(rule.max_packet_size);
  }
  made.filter = rule.bpf_rule;
  made.compiled = rule.filter;
  return made;
}

void RuleBook::add(RuleKind kind, NetFilterRule rule) {
  if (std::ranges::find(of(kind), rule.rule_id, &NetFilterRule::rule_id) != of(kind).end()) {
    refuse_rule(rule, "there is one of that id");
  }
  if (filters_.size() + passthroughs_.size() >= most_rules) {
    refuse_rule(rule, "there are " + std::to_string(most_rules) + " rules already");
  }
  of(kind).push_back(std::move(rule));
}

bool RuleBook::remove(RuleKind kind, int rule_id) {
  return std::erase_if(of(kind),
                       [&](const NetFilterRule& rule) { return rule.rule_id == rule_id; }) != 0;
}

const NetFilterRule* RuleBook::at(RuleKind kind, int index) const noexcept {
  const NetFilterRules& all = rules(kind);
  if (index < 0 || static_cast<std::size_t>(index) >= all.size()) return nullptr;
  return &all[static_cast<std::size_t>(index)];
}

std::vector<gate::Rule> RuleBook::gate_rules(bool counts_only) const {
  std::vector<gate::Rule> rules;
  rules.reserve(filters_.size() + passthroughs_.size());
  for (const NetFilterRule& rule : passthroughs_) {
    rules.push_back(gate_rule(RuleKind::passthrough, rule, counts_only));
  }
  for (const NetFilterRule& rule : filters_) {
    rules.push_back(gate_rule(RuleKind::filter, rule, counts_only));
  }
  return rules;
}

}  // namespace weir::compat::net_filter
