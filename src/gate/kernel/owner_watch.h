// Lets the gate's programs see that their process is exiting, before its descriptors are closed.
#pragma once

#include <memory>
#include <string>

#include "bpf/ebpf_assembler.h"
#include "sys/file_descriptor.h"

namespace weir::gate {

/// Holds a reference to the process's task in a map of the kernel. Signals that kill, core dumps
/// and exit_group(2) set SIGNAL_GROUP_EXIT at once (include/linux/sched/signal.h); the descriptors
/// of a dying process may stay open for hundreds of milliseconds.
class OwnerWatch {
 public:
  /// Of the calling process. Throws SystemError, Error where the kernel does not offer it: it takes
  /// BTF, kernel functions (Linux 6.2) and CAP_PERFMON.
  OwnerWatch();

  /// To `dying` if the process is. Changes r0 to r5.
  void check(bpf::ebpf::Assembler& to, bpf::ebpf::Assembler::Label dying) const;

 private:
  sys::FileDescriptor map_;
  /// Offsets into the kernel's structures.
  int signal_ = 0;
  int flags_ = 0;
};

}  // namespace weir::gate
