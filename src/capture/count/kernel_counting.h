// Counts in the kernel: a program on the socket, its counts in memory shared with it.
#pragma once

#include "capture/count/counted_adapter.h"
#include "capture/count/counting.h"
#include "sys/bpf_map.h"
#include "sys/bpf_program.h"

namespace weir::capture {

class KernelCounting final : public Counting {
 public:
  /// `adapter` outlives it. Throws Error or SystemError where the kernel cannot count by this
  /// filter.
  KernelCounting(const CountedAdapter& adapter, Traffic traffic, bpf::ProgramView filter);

  [[nodiscard]] Counts read(bool adapter_here) override;
  void change(const filter::Filter& filter, Traffic traffic) override;

 private:
  void attach(bpf::ProgramView filter, Traffic traffic) const;

  const CountedAdapter& adapter_;
  sys::MappedArray slots_;
  sys::PerCpuArray scratch_;
};

}  // namespace weir::capture
