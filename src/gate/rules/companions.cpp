// Makes the filters of companion rules.
#include "gate/rules/companions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "filter/token.h"

namespace weir::gate {
namespace {

// What quotes the packet it is about: RFC 792, RFC 4443 2.1.
constexpr const char* icmp_errors = "(icmp and (icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12))";
constexpr const char* icmpv6_errors = "(icmp6 and icmp6[0] < 128)";

/// Nothing for a rule that changes no destination.
std::optional<std::string> answers_to(const Rule& rule) {
  std::optional<std::string> answers;
  for (const Change& change : rule.changes) {
    if (const auto* host = std::get_if<SetDestination>(&change)) {
      return "(src host " + to_string(host->address) + ") or " +
             (host->address.version() == 4 ? icmp_errors : icmpv6_errors);
    }
    if (const auto* port = std::get_if<SetDestinationPort>(&change)) {
      answers = "(src port " + std::to_string(port->port) + ") or " + icmp_errors + " or " +
                icmpv6_errors;
    }
  }
  return answers;
}

/// How many VLAN tags the rule's filter looks behind.
std::size_t tags_of(const Rule& rule) {
  return static_cast<std::size_t>(
      std::ranges::count(filter::tokens_of(rule.filter), "vlan", &filter::Token::text));
}

Direction opposite(Direction direction) noexcept {
  switch (direction) {
    case Direction::in:
      return Direction::out;
    case Direction::out:
      return Direction::in;
    case Direction::unknown:
      break;
  }
  return Direction::unknown;
}

}  // namespace

std::optional<Rule> companion_of(const Rule& rule) {
  // Of tagged frames: two are what is read of them elsewhere, too.
  constexpr std::size_t most_tags = 2;
  const auto answers = answers_to(rule);
  if (!answers) return std::nullopt;
  Rule companion{.action = Action::hold,
                 .adapter = rule.adapter,
                 .direction = opposite(rule.direction),
                 .filter = *answers};
  // Each "vlan" moves what stands behind it by one more tag.
  for (std::size_t tag = 0; tag < std::min(tags_of(rule), most_tags); ++tag) {
    companion.filter += " or (vlan and (" + *answers + "))";
  }
  return companion;
}

}  // namespace weir::gate
