// Rules from the options of a live command.
#include "live_sandbox.h"

#include <unistd.h>

#include <cerrno>

#include "note.h"
#include "output_file.h"
#include "user.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

void tell_gaps(const std::vector<Confinement>& sandbox, ErrorStyle errors) {
  std::string gaps;
  for (const Confinement& means : sandbox) {
    if (means.holds) continue;
    gaps += (gaps.empty() ? "" : "; ") + std::string{means.name} + ": " + means.detail;
  }
  if (gaps.empty()) return;
  tell({.kind = "sandbox_incomplete", .message = "the sandbox has gaps: " + gaps}, errors);
}

}  // namespace

void confine(const SandboxOptions& options, ErrorStyle errors, const capture::LiveOptions& live,
             const std::string& output_directory, const std::optional<savefile::FileOwner>& user) {
  if (!options.is_wanted()) {
    if (user) become(*user, 0);
    return;
  }
  SandboxRules rules{
      .user = user ? user : file_owner(), .resume = live.resume, .monitor_mode = live.monitor_mode};
  if (user && user->user == 0) rules.user.reset();  // root stays root
  if (!output_directory.empty()) rules.output_directories.push_back(output_directory);
  const std::vector<Confinement> sandbox = enter_sandbox(rules);
  if (user && ::geteuid() != user->user) {
    throw SystemError{EACCES, "-Z: write in " + output_directory};
  }
  tell_gaps(sandbox, errors);
}

}  // namespace weir::cli
