// Standard output as a sink: blocks of text, written whole.
#pragma once

#include <string_view>

#include "weir/sink/output.h"

namespace weir::cli {

/// Writes all of `block` to descriptor 1. Throws ReaderGone when nobody reads any more, and
/// SystemError (output_failed) for everything else.
void write_standard_output(std::string_view block);

/// Whether standard output is a terminal.
[[nodiscard]] bool is_terminal_output() noexcept;

/// Columns of the terminal on standard output; 0 when it is none.
[[nodiscard]] int terminal_width() noexcept;

}  // namespace weir::cli
