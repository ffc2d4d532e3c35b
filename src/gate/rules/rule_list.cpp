// Adds, removes and translates rules.
#include "gate/rules/rule_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gate/kernel/maps.h"
#include "gate/rules/check_rule.h"
#include "gate/rules/companions.h"
#include "gate/rules/evaluator.h"
#include "gate/rules/filter_loop.h"
#include "weir/bpf/ebpf.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::array<LinkType, 2> link_types{LinkType::ethernet, LinkType::raw};

/// The filter for one link type, or why it has none.
std::expected<bpf::EbpfProgram, std::string> translated(const RuleEntry& entry,
                                                        std::uint32_t link) {
  if (entry.filter.is_everything() || entry.in_user_space) return bpf::EbpfProgram{};
  try {
    const auto program = bpf::translate_fragment(entry.filter.program(link_types[link]),
                                                 {.match = 1, .no_match = 0});
    if (program) return *program;
    return std::unexpected{std::string{"its filter "} + bpf::describe(program.error().problem)};
  } catch (const FilterError& error) {
    return std::unexpected{std::string{error.what()}};
  }
}

bool is_about(const Rule& rule, const RuleAdapter& adapter) {
  return rule.adapter.empty() ||
         std::ranges::find(adapter.names, rule.adapter) != adapter.names.end();
}

bool is_pass(const std::shared_ptr<const RuleEntry>& entry) noexcept {
  return entry->rule.action == Action::pass;
}

/// Whether a rule is there already; one without an id has that of any.
bool is_unchanged(const Rule& there, Rule rule) {
  if (rule.id.empty()) rule.id = there.id;
  return there == rule;
}

std::shared_ptr<RuleEntry> entry_of(Rule rule) {
  check_rule(rule);
  auto entry = std::make_shared<RuleEntry>();
  entry->filter = rule.compiled ? *rule.compiled : filter::Filter{rule.filter};
  for (const LinkType link_type : link_types) entry->filter.prepare(link_type);
  entry->neighbors = neighbors_of(rule);
  entry->in_user_space = !entry->filter.is_everything() && has_loop(entry->filter);
  if (entry->in_user_space && rule.action == Action::drop) {
    throw Error{ErrorCode::invalid_argument, loop_in_drop};
  }
  entry->rule = std::move(rule);
  return entry;
}

}  // namespace

std::string RuleList::add(Rule rule) {
  // One may come with it, for the answers to what it changes.
  constexpr std::size_t most = Maps::most_rules - 1;
  if (entries_.size() + staying_.size() + companions_.size() >= most) {
    throw Error{ErrorCode::invalid_argument,
                "too many rules: a gate has at most " + std::to_string(most)};
  }
  if (rule.id.empty()) rule.id = unused_id();
  if (is_used(rule.id)) {
    throw Error{ErrorCode::invalid_argument, "rule: there is one with the id " + rule.id};
  }
  const auto entry = entry_of(std::move(rule));
  entry->id = std::make_shared<const std::string>(entry->rule.id);
  entry->number = unused_number();
  insert(entry);
  renew_companions();
  return *entry->id;
}

bool RuleList::remove(const std::string& id) {
  const bool was_there =
      std::erase_if(entries_, [&](const auto& entry) { return entry->rule.id == id; }) > 0;
  renew_companions();
  return was_there;
}

void RuleList::clear() noexcept {
  entries_.clear();
  companions_.clear();
}

RuleEntries RuleList::asked() const {
  RuleEntries asked;
  const auto others = std::ranges::find_if_not(entries_, is_pass);
  asked.insert(asked.end(), entries_.begin(), others);
  for (auto entry = others; entry != entries_.end(); ++entry) {
    if (const auto rule = companion_of((*entry)->rule)) {
      const auto companion = std::ranges::find_if(
          companions_, [&](const auto& other) { return other->rule == *rule; });
      if (std::ranges::find(asked, *companion) == asked.end()) asked.push_back(*companion);
    }
    asked.push_back(*entry);
  }
  return asked;
}

void RuleList::renew_companions() {
  RuleEntries renewed;
  for (const auto& one : entries_) {
    auto rule = companion_of(one->rule);
    if (!rule) continue;
    const auto is_same = [&](const auto& companion) { return companion->rule == *rule; };
    if (std::ranges::any_of(renewed, is_same)) continue;
    if (const auto same = std::ranges::find_if(companions_, is_same); same != companions_.end()) {
      renewed.push_back(*same);
      continue;
    }
    const auto entry = entry_of(std::move(*rule));
    entry->id = std::make_shared<const std::string>("answers");
    entry->number = unused_number();
    entry->is_answers = true;
    renewed.push_back(entry);
  }
  companions_ = std::move(renewed);
}

void RuleList::replace(std::vector<Rule> rules) {
  RuleEntries before = std::exchange(entries_, {});
  std::vector<bool> stays;
  for (const Rule& rule : rules) {
    const auto same = std::ranges::find_if(
        before, [&](const auto& entry) { return is_unchanged(entry->rule, rule); });
    stays.push_back(same != before.end());
    if (!stays.back()) continue;
    staying_.push_back(*same);
    before.erase(same);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (stays[i]) {
      const auto entry = staying_.front();
      staying_.pop_front();
      insert(entry);
    } else {
      static_cast<void>(add(std::move(rules[i])));
    }
  }
  renew_companions();
}

std::array<std::vector<RuleCode>, 2> RuleList::code(std::span<const RuleAdapter> adapters) const {
  std::array<std::vector<RuleCode>, 2> codes{};
  const RuleEntries entries = asked();
  for (std::uint32_t link = 0; link < codes.size(); ++link) {
    const bool in_use = std::ranges::any_of(
        adapters, [&](const RuleAdapter& adapter) { return adapter.link == link; });
    if (!in_use) continue;
    for (const auto& entry : entries) {
      const std::uint32_t index = index_of(entry->rule, adapters);
      auto filter = translated(*entry, link);
      if (!filter || index == Evaluator::no_adapter) continue;
      codes[link].push_back({.number = entry->number,
                             // Held to be judged by the process.
                             .action = entry->in_user_space ? Action::hold : entry->rule.action,
                             .shown = entry->rule.shown,
                             .direction = entry->rule.direction,
                             .adapter = index == 0 ? std::nullopt : std::optional{index},
                             .min_length = entry->rule.min_length,
                             .max_length = entry->rule.max_length,
                             .neighbors = entry->neighbors,
                             .filter = std::move(*filter)});
    }
  }
  return codes;
}

std::uint32_t RuleList::index_of(const Rule& rule, std::span<const RuleAdapter> adapters) {
  if (rule.adapter.empty()) return 0;
  const auto found = std::ranges::find_if(
      adapters, [&](const RuleAdapter& adapter) { return is_about(rule, adapter); });
  return found == adapters.end() ? Evaluator::no_adapter : found->index;
}

bool RuleList::holds_at(const RuleAdapter& adapter) const {
  return std::ranges::any_of(asked(), [&](const auto& entry) {
    return (entry->rule.action == Action::hold || entry->in_user_space) &&
           is_about(entry->rule, adapter);
  });
}

std::vector<std::string> RuleList::cannot_match(const RuleEntry& entry,
                                                std::span<const RuleAdapter> adapters) {
  std::vector<std::string> reasons;
  bool is_anywhere = false;
  for (const RuleAdapter& adapter : adapters) {
    if (!is_about(entry.rule, adapter)) continue;
    is_anywhere = true;
    const auto filter = translated(entry, adapter.link);
    if (!filter) reasons.push_back(adapter.names.front() + ": " + filter.error());
  }
  if (!is_anywhere && !entry.rule.adapter.empty()) {
    reasons.push_back(entry.rule.adapter + ": the gate is at no such adapter");
  }
  return reasons;
}

void RuleList::insert(std::shared_ptr<const RuleEntry> entry) {
  const auto behind = entry->rule.action == Action::pass
                          ? std::ranges::find_if_not(entries_, is_pass)
                          : entries_.end();
  entries_.insert(behind, std::move(entry));
}

std::uint32_t RuleList::unused_number() {
  // The longest unused first: packets that a rule has held may still be on their way.
  for (;;) {
    const std::uint32_t number = next_number_++ % Maps::most_rules;
    const auto has_it = [&](const auto& entry) { return entry->number == number; };
    if (std::ranges::none_of(entries_, has_it) && std::ranges::none_of(staying_, has_it) &&
        std::ranges::none_of(companions_, has_it)) {
      return number;
    }
  }
}

std::string RuleList::unused_id() {
  for (;;) {
    std::string id = std::to_string(next_id_++);
    if (!is_used(id)) return id;
  }
}

bool RuleList::is_used(const std::string& id) const {
  const auto has_it = [&](const auto& entry) { return entry->rule.id == id; };
  return std::ranges::any_of(entries_, has_it) || std::ranges::any_of(staying_, has_it);
}

}  // namespace weir::gate
