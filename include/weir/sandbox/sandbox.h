// What a process that reads hostile packets keeps: one value, one call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/sandbox/user.h"

namespace weir::sandbox {

/// What stays possible beside working with descriptors that are open. Time zones can always be
/// read: local time is looked up again when its file has changed.
struct Rules {
  /// Files, or directories with all below, to be read. What does not exist is left out.
  std::vector<std::string> readable{};
  /// Existing files to be opened again for writing; those that are open need no mention.
  std::vector<std::string> writable_files{};
  /// In and below them files are made, written, renamed and removed: those of a series, and of a
  /// database, which has a journal beside it. Must exist.
  std::vector<std::string> writable_directories{};
  /// Whom to become where the process is root, as far as that one may write in the directories:
  /// the user behind sudo(8).
  std::optional<User> user{};
  /// A capture waits for its adapter to come back (capture::LiveOptions::resume).
  bool adapter_returns = false;
  /// Wi-Fi monitor mode is left with CAP_NET_ADMIN and sockets of netlink, at the end.
  bool monitor_mode = false;
  /// A gate is about to run (gate::GateOptions::before_threads): its maps are read and written, and
  /// threads may be started. Rules and adapters that come later are for its gate::Broker.
  bool runs_gate = false;
};

/// One means of confinement, and whether it holds.
struct Confinement {
  /// "capabilities", "no_new_privs", "landlock", "seccomp", and with Rules::user "user".
  const char* name;
  bool holds;
  /// "all given up", "version 7", "not offered by this kernel".
  std::string detail;
};

/// For good: drops every capability but those the rules need, and says which; becomes the user of
/// the rules; sets no_new_privs; lets Landlock refuse all paths but the rules', and seccomp all
/// system calls but those that reading, writing and waiting need. No program, process, thread or
/// socket can be made afterwards, and no memory be made executable. What the kernel does not offer
/// is left out, and told.
///
/// Call it once sockets, files, names and filters are at hand, and before any thread is started:
/// seccomp holds for every thread, all else for this one and what it starts. Files are opened first
/// and handed to savefile::Reader afterwards (ReaderOptions::open), which parses them; filters that
/// are compiled later are interpreted, not machine code. A program built with a sanitizer needs
/// what is refused. Throws SystemError where a path of the rules does not exist or the kernel
/// refuses what it offers; the process may have given up some of its rights then, and should end.
[[nodiscard]] WEIR_API std::vector<Confinement> enter(const Rules& rules);

/// What this kernel has of it.
struct Support {
  /// The version of Landlock; 0 if there is none, or none that is switched on.
  int landlock = 0;
  bool seccomp = false;
};
[[nodiscard]] WEIR_API Support support() noexcept;

}  // namespace weir::sandbox
