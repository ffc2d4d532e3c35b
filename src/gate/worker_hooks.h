// What the application has asked to be called around a worker's packets.
#pragma once

#include <memory>

#include "gate/handling.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// In the worker's thread. What they throw is reported.
class WorkerHooks {
 public:
  WorkerHooks(const Workers& options, Handling& handling) noexcept
      : options_{options}, handling_{handling} {}

  /// Whether the thread may be used.
  [[nodiscard]] bool start() const noexcept;
  void end() const noexcept;
  [[nodiscard]] std::shared_ptr<void> around_batch() const noexcept;

 private:
  const Workers& options_;
  Handling& handling_;
};

}  // namespace weir::gate
