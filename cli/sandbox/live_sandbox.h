// The sandbox of live commands: the same for all, with room for what each goes on to do.
#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "cli/sandbox/sandbox_options.h"
#include "weir/capture/live.h"
#include "weir/savefile/writer.h"

namespace weir::cli {

/// Unless --no-sandbox: call once adapters and outputs are open, when what is left is to take
/// packets and to write. New files come into being in `output_directory` alone, nowhere if it is
/// empty. `user` (-Z), who becomes owner even without the sandbox, else whoever file_owner() is.
/// What does not hold is told in one note. Throws SystemError.
void confine(const SandboxOptions& options, ErrorStyle errors,
             const capture::LiveOptions& live = {}, const std::string& output_directory = {},
             const std::optional<savefile::FileOwner>& user = {});

}  // namespace weir::cli
