// Programs at an adapter's clsact hooks, where the kernel has no tcx (before Linux 6.6).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sys/bpf_link.h"
#include "sys/netlink_socket.h"

namespace weir::sys {

/// The filters at the hooks of all adapters of a network namespace: the one it was made in. One
/// thread at a time.
class Clsact {
 public:
  /// Lower ones run first, 1 to 65,535.
  using Priority = std::uint16_t;

  /// Of one filter that add() makes.
  struct Place {
    /// An ifindex.
    std::uint32_t adapter = 0;
    Hook hook = Hook::ingress;
    Priority priority = 1;
  };

  struct Filter {
    Priority priority = 0;
    /// "bpf", or of another kind; the other fields are of those alone.
    std::string kind{};
    /// As it was attached with; of a program in a file tc(8) has its own.
    std::string name{};
    std::uint32_t program_id = 0;
  };

  /// Throws SystemError.
  Clsact();

  /// Gives the adapter the queueing discipline that holds filters; false if there is one. Throws
  /// SystemError: ENODEV for no such adapter (its ifindex), ENOENT where the kernel lacks
  /// sch_ingress, EINVAL where "ingress" is in its place.
  bool make_discipline(std::uint32_t adapter);
  /// With all its filters, whosever they are; no error where there is none.
  void remove_discipline(std::uint32_t adapter) noexcept;

  enum class IfThere : std::uint8_t { replace, refuse };
  /// Attaches a program under a name that others see, of at most 255 bytes. Where one of that
  /// priority is, it is replaced or left there (EEXIST). Throws SystemError: ENODEV, EINVAL without
  /// the discipline, ENOENT or EOPNOTSUPP where the kernel lacks cls_bpf.
  void add(const TrafficControlProgram& program, const Place& place, const std::string& name,
           IfThere if_there);
  /// What add() has put there, whoever called it. No error where there is none.
  void remove(const Place& place) noexcept;
  /// As they run, by priority; none where there is no discipline. Throws SystemError.
  [[nodiscard]] std::vector<Filter> filters(std::uint32_t adapter, Hook hook);

 private:
  NetlinkSocket socket_;
};

/// A program at a hook. It is detached when this goes, but not when the process is killed: what
/// must not outlive the process goes to an adapter that does not, or does nothing on its own. The
/// (empty) queueing discipline that holds it stays with the adapter.
class ClsactFilter {
 public:
  /// What is there with the same priority is replaced. Throws SystemError: as Clsact.
  ClsactFilter(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
               Clsact::Priority priority = 1);
  ClsactFilter(const ClsactFilter&) = delete;
  ClsactFilter& operator=(const ClsactFilter&) = delete;
  ~ClsactFilter() { clsact_.remove(place_); }

 private:
  Clsact clsact_;
  Clsact::Place place_;
};

}  // namespace weir::sys
