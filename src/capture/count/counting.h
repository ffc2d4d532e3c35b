// What counts on behalf of Counter: the kernel, or user space from a ring.
#pragma once

#include "weir/capture/counter.h"

namespace weir::capture {

/// As Counter says of its own functions of these names.
class Counting {
 public:
  Counting() = default;
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;
  virtual ~Counting() = default;

  /// `adapter_here`: whether more may come.
  [[nodiscard]] virtual Counts read(bool adapter_here) = 0;
  /// Counts by these from now on. Throws; all is then as before.
  virtual void change(const filter::Filter& filter, Traffic traffic) = 0;
};

}  // namespace weir::capture
