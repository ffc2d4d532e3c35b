// Puts together capabilities, no_new_privs, Landlock and seccomp, in the order they allow.
#include "weir/sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sandbox/landlock.h"
#include "sandbox/system_call_filter.h"
#include "weir/error.h"

namespace weir::sandbox {
namespace {

/// With the rights in force, which are not those the process was started with.
bool may_write_in(const std::vector<std::string>& directories) {
  return std::ranges::all_of(directories, [](const std::string& directory) {
    return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
  });
}

bool could_write_as(const User& user, const std::vector<std::string>& directories) {
  const uid_t user_before = ::geteuid();
  const gid_t group_before = ::getegid();
  const bool changed = ::setegid(user.group) == 0 && ::seteuid(user.user) == 0;
  const bool could = changed && may_write_in(directories);
  if (::seteuid(user_before) != 0 || ::setegid(group_before) != 0) {
    throw SystemError{errno, "become oneself again"};
  }
  return could;
}

/// Who this process is from now on, and which capabilities it cannot do without.
Capabilities settle_user(const Rules& rules, std::vector<Confinement>& sandbox) {
  Capabilities kept = rules.monitor_mode ? only(CAP_NET_ADMIN) : 0;
  if (rules.user && could_write_as(*rules.user, rules.writable_directories)) {
    // Without that right the bounding set could not be emptied afterwards.
    become(*rules.user, kept | only(CAP_SETPCAP));
    sandbox.push_back({"user", true, std::to_string(rules.user->user)});
    return kept;
  }
  if (rules.user) {
    kept |= only(CAP_CHOWN);
    sandbox.push_back({"user", false, "who called sudo may not write where the output goes"});
  }
  // Root without rights is a stranger in other people's directories.
  use_only(kept);
  if (!may_write_in(rules.writable_directories)) kept |= only(CAP_DAC_OVERRIDE);
  return kept;
}

void give_up_rights(const Rules& rules, std::vector<Confinement>& sandbox) {
  const Capabilities needed = settle_user(rules, sandbox);
  const BoundingSet bounding = keep_only(needed);
  const Capabilities left = effective_capabilities();
  std::string detail = left == 0 ? "all given up" : "kept " + names_of(left);
  if (bounding == BoundingSet::kept) detail += "; the bounding set stays";
  sandbox.push_back({"capabilities", left == 0, detail});
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw SystemError{errno, "set no_new_privs"};
  sandbox.push_back({"no_new_privs", true, "no program gives new rights"});
}

std::vector<std::string> with_time_zones(std::vector<std::string> readable) {
  // Local time is printed, and looked up again when its file has changed.
  readable.insert(readable.end(), {"/etc/localtime", "/usr/share/zoneinfo"});
  return readable;
}

}  // namespace

std::vector<Confinement> enter(const Rules& rules) {
  std::vector<Confinement> sandbox;
  const int version = landlock_version();
  // Paths are opened with the rights that are given up next.
  std::optional<Landlock> landlock;
  if (version > 0) {
    landlock.emplace(ReachablePaths{.readable = with_time_zones(rules.readable),
                                    .writable_files = rules.writable_files,
                                    .writable_directories = rules.writable_directories});
  }
  give_up_rights(rules, sandbox);
  if (landlock) landlock->enforce();
  sandbox.push_back(
      {"landlock", version > 0,
       version > 0 ? "version " + std::to_string(version) : "not offered by this kernel"});
  const bool filters = can_filter_system_calls();
  if (filters) {
    filter_system_calls(
        {.bind = rules.adapter_returns, .netlink = rules.monitor_mode, .gate = rules.runs_gate});
  }
  sandbox.push_back({"seccomp", filters,
                     filters ? "system calls on a list alone" : "not offered by this kernel"});
  return sandbox;
}

Support support() noexcept {
  return {.landlock = landlock_version(), .seccomp = can_filter_system_calls()};
}

}  // namespace weir::sandbox
