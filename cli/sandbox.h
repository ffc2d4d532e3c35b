// What a command that captures gives up once everything is open, before the first packet is parsed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capabilities.h"
#include "weir/savefile/writer.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// The option group "sandbox", the same for all commands that have it.
class SandboxOptions {
 public:
  void declare(CLI::App& app);

  /// Not with --no-sandbox; nor where a sanitizer is built in, which needs what is refused.
  [[nodiscard]] bool is_wanted() const noexcept;

 private:
  bool left_out_ = false;
};

/// What stays possible.
struct SandboxRules {
  /// In and below them files are made, written, renamed and removed: those of a rotating output,
  /// and of a database, which has a journal beside it. Must exist.
  std::vector<std::string> output_directories{};
  /// Existing files to be opened again for writing; those that are open need no mention.
  std::vector<std::string> output_files{};
  /// Files, or directories with all below, to be read.
  std::vector<std::string> readable{};
  /// Whom the output files belong to: file_owner().
  std::optional<savefile::FileOwner> user{};
  /// The adapter may go away and come back (LiveOptions::resume).
  bool resume = false;
  /// Wi-Fi monitor mode is left with CAP_NET_ADMIN and sockets of netlink, at the end.
  bool monitor_mode = false;
};

/// One means of confinement, and whether it holds.
struct Confinement {
  /// "capabilities", "no_new_privs", "landlock", "seccomp", and under sudo "user".
  const char* name;
  bool holds;
  /// "all given up", "version 7", "not offered by this kernel".
  std::string detail;
};

/// For good. Drops every capability but those the rules need, and says which; under sudo becomes
/// the calling user, where that one may write in the output directories; sets no_new_privs; lets
/// Landlock refuse all paths but the rules' and seccomp all system calls but those on a list. What
/// the kernel does not offer is left out, and told. Call before any thread is started, and after
/// sockets, files, names and filters are at hand. Throws SystemError where a path of the rules does
/// not exist or the kernel refuses what it offers.
[[nodiscard]] std::vector<Confinement> enter_sandbox(const SandboxRules& rules);

}  // namespace weir::cli
