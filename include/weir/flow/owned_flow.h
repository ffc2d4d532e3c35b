// A flow that outlives the callback which handed it out.
#pragma once

#include "weir/flow/flow.h"

namespace weir::flow {

/// A copy of a flow, made on purpose. A value: const calls from several threads at once.
class OwnedFlow {
 public:
  explicit OwnedFlow(const Flow& flow) noexcept : flow_{flow} {}

  /// Borrows from this object: valid as long as it lives and is not assigned to.
  [[nodiscard]] const Flow& flow() const noexcept { return flow_; }

 private:
  Flow flow_;
};

}  // namespace weir::flow
