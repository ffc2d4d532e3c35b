// Rules from the options of a live command.
#include "live_sandbox.h"

#include "output_file.h"

namespace weir::cli {

void confine(const SandboxOptions& options, const capture::LiveOptions& live,
             const std::string& output_directory) {
  if (!options.is_wanted()) return;
  SandboxRules rules{
      .user = file_owner(), .resume = live.resume, .monitor_mode = live.monitor_mode};
  if (!output_directory.empty()) rules.output_directories.push_back(output_directory);
  static_cast<void>(enter_sandbox(rules));
}

}  // namespace weir::cli
