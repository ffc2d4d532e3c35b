// weir info: what capture files hold.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "capture_run.h"
#include "commands.h"

namespace weir::cli {
ExitCode run_info(const Words&) { return ExitCode::failed; }
}  // namespace weir::cli
