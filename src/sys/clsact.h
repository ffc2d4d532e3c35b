// Programs at an adapter's clsact hooks, where the kernel has no tcx (before Linux 6.6).
#pragma once

#include <cstdint>

#include "sys/bpf_link.h"
#include "sys/netlink_socket.h"

namespace weir::sys {

/// A program at a hook. It is detached when this goes, but not when the process is killed: what
/// must not outlive the process goes to an adapter that does not, or does nothing on its own. The
/// (empty) queueing discipline that holds it stays with the adapter.
class ClsactFilter {
 public:
  /// Lower ones run first, 1 to 65,535. What is there with the same number is replaced.
  using Priority = std::uint16_t;

  /// Throws SystemError: ENODEV for no such adapter (its ifindex), ENOENT or EOPNOTSUPP where the
  /// kernel lacks sch_ingress or cls_bpf.
  ClsactFilter(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
               Priority priority = 1);
  ClsactFilter(const ClsactFilter&) = delete;
  ClsactFilter& operator=(const ClsactFilter&) = delete;
  ~ClsactFilter();

 private:
  NetlinkSocket socket_;
  std::uint32_t adapter_;
  Hook hook_;
  Priority priority_;
};

}  // namespace weir::sys
