// Rules from the options of a live command.
#include "cli/sandbox/live_sandbox.h"

#include <unistd.h>

#include <cerrno>

#include "cli/output/output_file.h"
#include "cli/sandbox/sandbox_gaps.h"
#include "cli/sandbox/user.h"
#include "weir/error.h"

namespace weir::cli {
void confine(const SandboxOptions& options, ErrorStyle errors, const capture::LiveOptions& live,
             const std::string& output_directory, const std::optional<savefile::FileOwner>& user) {
  if (!options.is_wanted()) {
    if (user) sandbox::become(user_of(*user));
    return;
  }
  sandbox::Rules rules{.adapter_returns = live.resume, .monitor_mode = live.monitor_mode};
  const std::optional<savefile::FileOwner> owner = user ? user : file_owner();
  if (owner && owner->user != 0) rules.user = user_of(*owner);  // root stays root
  if (!output_directory.empty()) rules.writable_directories.push_back(output_directory);
  const std::vector<sandbox::Confinement> entered = sandbox::enter(rules);
  if (user && ::geteuid() != user->user) {
    throw SystemError{EACCES, "-Z: write in " + output_directory};
  }
  tell_gaps(entered, errors);
}

}  // namespace weir::cli
