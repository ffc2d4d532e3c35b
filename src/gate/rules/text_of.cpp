// Writes rules as text.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "weir/gate/rule_text.h"

namespace weir::gate {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array units{
    Unit{"h", 3'600'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},        Unit{"us", 1'000},         Unit{"ns", 1}};

/// In the largest unit that tells it exactly.
std::string text_of_delay(Duration delay) {
  for (const Unit& unit : units) {
    if (delay.count() % unit.factor != 0) continue;
    return "delay " + std::to_string(delay.count() / unit.factor) + std::string{unit.name};
  }
  return {};
}

struct ChangeText {
  std::string operator()(const SetTtl& change) const {
    return "set ttl " + std::to_string(change.ttl);
  }
  std::string operator()(const SetDestinationPort& change) const {
    return "set dport " + std::to_string(change.port);
  }
  std::string operator()(const SetDestination& change) const {
    return "set dst " + to_string(change.address);
  }
};

std::string text_of_changes(const Rule& rule) {
  std::string text;
  const auto add = [&](const std::string& change) { text += (text.empty() ? " " : "; ") + change; };
  for (const Change& change : rule.changes) add(std::visit(ChangeText{}, change));
  if (rule.delay != Duration::zero()) add(text_of_delay(rule.delay));
  return text;
}

std::string text_of_length(const Rule& rule) {
  if (rule.min_length == 0 && rule.max_length == UINT32_MAX) return {};
  std::string text = " len ";
  if (rule.min_length != 0) text += std::to_string(rule.min_length);
  text += "..";
  if (rule.max_length != UINT32_MAX) text += std::to_string(rule.max_length);
  return text;
}

std::string text_of_name(const std::string& name) {
  const bool is_plain = name.find_first_of(" \t\r\n:;\"") == std::string::npos;
  return is_plain ? name : '"' + name + '"';
}

}  // namespace

std::string text_of(const Rule& rule) {
  std::string text = name(rule.action);
  text += rule.direction == Direction::in    ? " in"
          : rule.direction == Direction::out ? " out"
                                             : " any";
  if (!rule.adapter.empty()) text += " on " + text_of_name(rule.adapter);
  text += text_of_length(rule) + text_of_changes(rule);
  if (rule.filter.find_first_not_of(" \t\r\n") != std::string::npos) text += " : " + rule.filter;
  return text;
}

}  // namespace weir::gate
