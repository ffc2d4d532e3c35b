// Characters from outside as JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace weir::record {

/// Appends `text` in quotes. What printable() escapes is escaped as JSON has it, which is the same
/// text to whoever reads it; each byte that is not part of well-formed UTF-8 (RFC 3629) becomes
/// U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace weir::record
