// A walk of random calls, each asked of NetFilter and of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "support/net_filter_state.h"
#include "system/compat/net_filter/walk/model.h"
#include "weir/compat/net_filter.h"

namespace weir::test {

/// A call and its answers, in words: what it returns, "done", or "error" with the code.
struct Step {
  std::string words;
  std::function<std::string(compat::NetFilter&)> ask;
  std::function<std::string(Model&)> expect;
};

class Walk {
 public:
  /// `state` is emptied first; `adapters` are the ids of all there are. Unless it `may_start`, no
  /// gate is ever made.
  Walk(const NetFilterState& state, const std::vector<int>& adapters, std::uint64_t seed,
       bool may_start);

  /// All calls up to the first whose answers differ, a line each; empty if none do.
  [[nodiscard]] std::string run(int calls);
  /// How often a filter was started.
  [[nodiscard]] int starts() const noexcept { return starts_; }

 private:
  template <class Value>
  Value pick(std::initializer_list<Value> from) {
    return *std::next(from.begin(), static_cast<std::ptrdiff_t>(random_() % from.size()));
  }
  int small() { return pick({-1, 0, 1, 2, 3}); }
  std::string product();
  std::string bundle();

  /// Of most walks, so that they come far: the first two calls.
  Step beginning(int call);
  Step next();
  Step install();
  Step uninstall();
  Step files();
  Step life();
  Step start();
  Step rule();
  Step rule_to_remove();
  Step view();
  Step property();
  Step setting();
  Step adapter();
  Step packet();

  const NetFilterState& state_;
  std::mt19937_64 random_;
  bool may_start_;
  int starts_ = 0;
  Model model_;
  compat::NetFilter filter_{};
};

}  // namespace weir::test
