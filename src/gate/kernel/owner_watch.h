// Lets the gate's programs see that their process is exiting, before its descriptors are closed.
#pragma once

#include <cstdint>
#include <vector>

#include "bpf/ebpf_assembler.h"
#include "gate/kernel/relocatable_program.h"
#include "sys/file_descriptor.h"

namespace weir::gate {

/// What puts a reference to a process's task into the kernel.
struct Adoption {
  /// Puts one to the task that runs it into the map. Returns 0 if it has.
  RelocatableProgram program{};
  /// BTF: type 1 is of the map's keys, type 5 of its values.
  std::vector<std::uint8_t> types{};
};
[[nodiscard]] Adoption adoption();

/// Holds a reference to the process's task in a map of the kernel. Signals that kill, core dumps
/// and exit_group(2) set SIGNAL_GROUP_EXIT at once (include/linux/sched/signal.h); the descriptors
/// of a dying process may stay open for hundreds of milliseconds.
class OwnerWatch {
 public:
  /// Of the calling process. Throws SystemError, Error where the kernel does not offer it: it takes
  /// BTF, kernel functions (Linux 6.2) and CAP_PERFMON.
  explicit OwnerWatch(const Adoption& how = adoption());

  /// To `dying` if the process is. Changes r0 to r5.
  void check(bpf::ebpf::Assembler& to, bpf::ebpf::Assembler::Label dying) const;

 private:
  sys::FileDescriptor map_;
  /// Offsets into the kernel's structures.
  int signal_ = 0;
  int flags_ = 0;
};

}  // namespace weir::gate
