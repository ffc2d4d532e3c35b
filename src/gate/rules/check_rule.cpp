// Refuses rules that contradict themselves.
#include "gate/rules/check_rule.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <variant>

namespace weir::gate {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error{ErrorCode::invalid_argument, why}; }

void check_changes(const std::vector<Change>& changes) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    const auto is_same_kind = [&](const Change& other) { return other.index() == change.index(); };
    if (std::any_of(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(i),
                    is_same_kind)) {
      refuse("the same is set twice");
    }
    if (const auto* port = std::get_if<SetDestinationPort>(&change); port && port->port == 0) {
      refuse("a destination port of 0");
    }
    if (const auto* host = std::get_if<SetDestination>(&change);
        host && host->address.version() == 0) {
      refuse("a destination without an address");
    }
  }
}

}  // namespace

void check_rule(const Rule& rule) {
  if (rule.min_length > rule.max_length) refuse("a least length above the greatest");
  const bool changes = !rule.changes.empty() || rule.delay != Duration::zero();
  if (changes && rule.action != Action::hold) {
    refuse(std::string{"only rules that hold change or delay packets, not those that "} +
           name(rule.action));
  }
  check_changes(rule.changes);
  if (rule.delay < Duration::zero()) refuse("a negative delay");
  if (rule.delay > max_delay) refuse("a delay of more than 1h");
}

}  // namespace weir::gate
