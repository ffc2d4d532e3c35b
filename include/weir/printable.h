// Text from outside - names of files and adapters, comments in captures - made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

#include "weir/api.h"

namespace weir {

/// Appends `text` with an escape for all that could command a terminal, reorder what it shows or
/// that nobody sees: control characters (`\n`, `\t`, `\r`, `\x1b`; C1 ones `\u009b`), characters of
/// direction and of no width, separators of lines, private and unassigned ones (`\u202e`,
/// `\U000e0041`), and each octet that is not UTF-8 (`\xff`). The rest is kept, a backslash too.
WEIR_API void append_printable(std::string& out, std::string_view text);

/// The same as a text of its own. What is printable already comes back as it is.
[[nodiscard]] WEIR_API std::string printable(std::string_view text);

}  // namespace weir
