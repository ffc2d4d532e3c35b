// A translated filter, loaded into the kernel and run there on frames made up for it.
#pragma once

#include "support/hex.h"
#include "sys/bpf_map.h"
#include "sys/bpf_program.h"
#include "weir/bpf/ebpf.h"

namespace weir::test {

/// What a test run cannot do, as a prologue for the program that follows: cuts the frame to
/// skb->priority bytes and, unless skb->mark is 0, puts the tag in there (protocol << 16 | tci)
/// beside the frame, as adapters that take tags off do.
[[nodiscard]] bpf::EbpfProgram prepare_frame();

class KernelFilter {
 public:
  /// Throws std::invalid_argument with the reason where there is no translation, SystemError where
  /// the kernel refuses it.
  explicit KernelFilter(bpf::ProgramView program, bool may_goto = false);

  /// Frames have 14 bytes or more.
  [[nodiscard]] bool matches(Bytes frame) const { return run(frame, 0); }
  /// `frame` is as on the wire, with a tag at offset 12; the kernel gets it beside the rest.
  [[nodiscard]] bool matches_with_tag_beside(Bytes frame) const;

 private:
  [[nodiscard]] bool run(Bytes frame, std::uint32_t tag) const;

  sys::PerCpuArray scratch_{bpf::ebpf_scratch_size, 1};
  sys::TrafficControlProgram program_;
};

}  // namespace weir::test
