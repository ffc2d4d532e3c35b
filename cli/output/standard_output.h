// Standard output as a sink: blocks of text, written whole.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/record/output.h"

namespace weir::cli {

/// Writes all of `block` to descriptor 1. Throws ReaderGone when nobody reads any more, and
/// SystemError (output_failed) for everything else. Once stop_is_overdue() a reader that takes
/// nothing is not waited for: what is left is counted instead.
void write_standard_output(std::string_view block);

/// What was to be printed and was not.
struct NotPrinted {
  /// Ends of lines among the bytes.
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
};
[[nodiscard]] NotPrinted not_printed() noexcept;

/// Whether standard output is a terminal.
[[nodiscard]] bool is_terminal_output() noexcept;

/// Columns of the terminal on standard output; 0 when it is none.
[[nodiscard]] int terminal_width() noexcept;

}  // namespace weir::cli
