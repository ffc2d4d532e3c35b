// The causes by name.
#include "cli/gate/gate_policies.h"

#include <array>
#include <optional>
#include <string_view>

#include "cli/exit_code.h"
#include "weir/nearest.h"

namespace weir::cli {
namespace {

struct Cause {
  const char* name;
  gate::Policy gate::Policies::* policy;
};
constexpr std::array causes{
    Cause{"ring-full", &gate::Policies::ring_full}, Cause{"deadline", &gate::Policies::deadline},
    Cause{"hang", &gate::Policies::hang},           Cause{"death", &gate::Policies::death},
    Cause{"exception", &gate::Policies::exception}, Cause{"undecided", &gate::Policies::undecided},
    Cause{"too-long", &gate::Policies::too_long},
};

std::optional<gate::Policy> policy_of(std::string_view word) noexcept {
  if (word == "open") return gate::Policy::open;
  if (word == "closed") return gate::Policy::closed;
  return std::nullopt;
}

void set_one(gate::Policies& policies, const std::string& word) {
  const std::size_t equal_sign = word.find('=');
  const auto policy =
      policy_of(equal_sign == std::string::npos ? word : word.substr(equal_sign + 1));
  if (!policy) throw UsageError{"--policy: open, closed or CAUSE=open|closed, not " + word};
  if (equal_sign == std::string::npos) {
    const gate::Policy too_long = policies.too_long;
    policies = gate::Policies::all(*policy);
    policies.too_long = too_long;
    return;
  }
  const std::string name = word.substr(0, equal_sign);
  std::vector<std::string> known;
  std::string list;
  for (const Cause& cause : causes) {
    if (name == cause.name) {
      policies.*cause.policy = *policy;
      return;
    }
    known.emplace_back(cause.name);
    list += (list.empty() ? "" : ", ") + known.back();
  }
  throw UsageError{"--policy: no such cause: " + name + did_you_mean(nearest(name, known)) +
                   "; there are " + list};
}

}  // namespace

gate::Policies parse_policies(const std::vector<std::string>& words) {
  gate::Policies policies;
  for (const std::string& word : words) set_one(policies, word);
  return policies;
}

}  // namespace weir::cli
