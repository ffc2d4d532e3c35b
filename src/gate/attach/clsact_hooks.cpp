// Filters among those of other gates, and the queueing discipline below them.
#include "gate/attach/clsact_hooks.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gate/attach/chain.h"
#include "gate/attach/claim.h"
#include "sys/abstract_name.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

using sys::Clsact;
using sys::Hook;

constexpr int most_tries = 100;
constexpr int most_milliseconds = 500;

bool is_of_gate(const Clsact::Filter& filter) noexcept { return rank_of(filter.name).has_value(); }

/// Takes off what the dead have left.
void take_over(Clsact& clsact, std::uint32_t adapter, Hook hook, Rank us) {
  const std::vector<Clsact::Filter> filters = clsact.filters(adapter, hook);
  std::vector<Rank> living = claimed_ranks();
  // We have nothing there yet.
  std::erase(living, us);
  for (const Clsact::Filter& filter : filters) {
    if (is_left_behind(filter, living)) clsact.remove({adapter, hook, filter.priority});
  }
}

Clsact::Place attach(Clsact& clsact, std::uint32_t adapter, Hook hook,
                     const sys::TrafficControlProgram& program, Rank rank) {
  take_over(clsact, adapter, hook, rank);
  for (int tries = 1;; ++tries) {
    const auto priority = priority_among(clsact.filters(adapter, hook), rank, hook);
    if (!priority) {
      throw Error{ErrorCode::invalid_argument, "no priority is left between other clsact filters"};
    }
    try {
      clsact.add(program, {adapter, hook, *priority}, name_of(rank), Clsact::IfThere::refuse);
      return {adapter, hook, *priority};
    } catch (const SystemError& error) {
      // Somebody has just taken it.
      if (error.system_code().value() != EEXIST || tries == most_tries) throw;
    }
  }
}

}  // namespace

ClsactHooks::Turn::Turn(std::uint32_t adapter) {
  const std::string name = "weir-gate-turn/" + std::to_string(adapter);
  for (int i = 0; i < most_milliseconds; ++i) {
    name_ = sys::AbstractName::take(name);
    if (name_) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  // Whoever keeps it that long is no gate.
}

ClsactHooks::Discipline::Discipline(std::uint32_t adapter, Clsact& clsact)
    : adapter_{adapter}, clsact_{&clsact}, is_of_gates_{clsact.make_discipline(adapter)} {
  if (is_of_gates_) return;
  std::vector<Clsact::Filter> filters = clsact.filters(adapter, Hook::ingress);
  std::ranges::copy(clsact.filters(adapter, Hook::egress), std::back_inserter(filters));
  is_of_gates_ = !filters.empty() && std::ranges::all_of(filters, is_of_gate);
}

ClsactHooks::Discipline::~Discipline() {
  if (!is_of_gates_) return;
  try {
    if (clsact_->filters(adapter_, Hook::ingress).empty() &&
        clsact_->filters(adapter_, Hook::egress).empty()) {
      clsact_->remove_discipline(adapter_);
    }
  } catch (const SystemError&) {
    // It stays, and does nothing.
  }
}

ClsactHooks::Filter::Filter(std::uint32_t adapter, Hook hook, const Dispatchers& dispatchers,
                            Rank rank, Clsact& clsact)
    : program_id_{sys::program_id(dispatchers.at(hook).descriptor())},
      clsact_{&clsact},
      place_{attach(clsact, adapter, hook, dispatchers.at(hook), rank)} {}

bool ClsactHooks::Filter::is_attached() const {
  const auto filters = clsact_->filters(place_.adapter, place_.hook);
  return std::ranges::any_of(filters, [this](const Clsact::Filter& filter) {
    return filter.priority == place_.priority && filter.program_id == program_id_;
  });
}

ClsactHooks::ClsactHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank,
                         Clsact& clsact)
    : adapter_{adapter},
      turn_{adapter},
      discipline_{adapter, clsact},
      egress_{adapter, Hook::egress, dispatchers, rank, clsact},
      ingress_{adapter, Hook::ingress, dispatchers, rank, clsact} {
  turn_.reset();
}

ClsactHooks::~ClsactHooks() {
  try {
    turn_.emplace(adapter_);
  } catch (const SystemError&) {
    // No descriptor is left for it.
  }
}

bool ClsactHooks::is_attached() const { return egress_.is_attached() && ingress_.is_attached(); }

}  // namespace weir::gate
