// Text as one word of a shell, for commands that are shown to be pasted.
#pragma once

#include <string>

namespace weir::cli {

/// Quoted where that is needed. Nothing in it moves a terminal's cursor: what is not printable
/// ASCII is escaped ($'\033').
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace weir::cli
