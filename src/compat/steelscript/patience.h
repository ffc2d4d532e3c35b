// A wait that has an end.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include "weir/source.h"

namespace weir::compat::steelscript {

/// How long may be waited still.
class Patience {
 public:
  explicit Patience(Duration longest) : longest_{longest} {}

  /// Not before the first time this is asked.
  [[nodiscard]] bool is_over() noexcept {
    return std::exchange(asked_, true) && left().wait() == Duration::zero();
  }
  [[nodiscard]] Deadline left() const noexcept {
    if (longest_ == Duration::max()) return Deadline::for_ever();
    return Deadline::in(
        std::max(Duration::zero(), longest_ - (std::chrono::steady_clock::now() - start_)));
  }

 private:
  Duration longest_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool asked_ = false;
};

}  // namespace weir::compat::steelscript
