// Replays capture files, or frames written as text, on adapters that are open.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/sandbox/file_sandbox.h"
#include "cli/send/step_lines.h"
#include "weir/inject/replay.h"

namespace weir::cli {

struct SendRunOptions {
  savefile::ReaderOptions reader{};
  Input input{};
  filter::FilterOptions filter{};
  /// The files are text (inject::HexText).
  bool is_text = false;
  inject::ReplayOptions replay{};
  /// As it was written.
  std::string rate{};
  /// Each packet waits for a line of these; null: none does.
  std::unique_ptr<StepLines> steps{};
  /// The outlets are (SenderOptions::dry_run).
  bool is_dry_run = false;
  bool json = false;
  ErrorStyle errors = ErrorStyle::text;
};

/// Enters the sandbox, sends, and prints what came of it. Throws Error, FilterError.
[[nodiscard]] ExitCode send_files(SendRunOptions options, std::vector<inject::Outlet> outlets,
                                  FileSandbox& sandbox);

}  // namespace weir::cli
