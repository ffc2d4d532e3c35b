// Puts together capabilities, no_new_privs, Landlock and seccomp, in the order they allow.
#include "sandbox.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>

#include "landlock.h"
#include "system_call_filter.h"
#include "user.h"
#include "weir/error.h"

// gcc and clang each have their own way to say it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIR_SANITIZED
#endif
#endif

namespace weir::cli {
namespace {

using savefile::FileOwner;

/// With the rights in force, which are not those the process was started with.
bool may_write_in(const std::vector<std::string>& directories) {
  return std::ranges::all_of(directories, [](const std::string& directory) {
    return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
  });
}

bool could_write_as(const FileOwner& user, const std::vector<std::string>& directories) {
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
Capabilities settle_user(const SandboxRules& rules, std::vector<Confinement>& sandbox) {
  Capabilities kept = rules.monitor_mode ? only(CAP_NET_ADMIN) : 0;
  if (rules.user && could_write_as(*rules.user, rules.output_directories)) {
    become(*rules.user, kept);
    sandbox.push_back({"user", true, std::to_string(rules.user->user)});
    return kept;
  }
  if (rules.user) {
    kept |= only(CAP_CHOWN);
    sandbox.push_back({"user", false, "who called sudo may not write where the output goes"});
  }
  // Root without rights is a stranger in other people's directories.
  use_only(kept);
  if (!may_write_in(rules.output_directories)) kept |= only(CAP_DAC_OVERRIDE);
  return kept;
}

void give_up_rights(const SandboxRules& rules, std::vector<Confinement>& sandbox) {
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

void SandboxOptions::declare(CLI::App& app) {
  app.add_flag("--no-sandbox", left_out_,
               "keep all rights while packets are parsed, to debug; see weir doctor")
      ->group("sandbox");
}

bool SandboxOptions::is_wanted() const noexcept {
#ifdef WEIR_SANITIZED
  return false;
#else
  return !left_out_;
#endif
}

std::vector<Confinement> enter_sandbox(const SandboxRules& rules) {
  std::vector<Confinement> sandbox;
  const int version = landlock_version();
  // Paths are opened with the rights that are given up next.
  std::optional<Landlock> landlock;
  if (version > 0) {
    landlock.emplace(ReachablePaths{.readable = with_time_zones(rules.readable),
                                    .writable_files = rules.output_files,
                                    .writable_directories = rules.output_directories});
  }
  give_up_rights(rules, sandbox);
  if (landlock) landlock->enforce();
  sandbox.push_back(
      {"landlock", version > 0,
       version > 0 ? "version " + std::to_string(version) : "not offered by this kernel"});
  const bool filters = can_filter_system_calls();
  if (filters) filter_system_calls({.bind = rules.resume, .netlink = rules.monitor_mode});
  sandbox.push_back({"seccomp", filters,
                     filters ? "system calls on a list alone" : "not offered by this kernel"});
  return sandbox;
}

}  // namespace weir::cli
