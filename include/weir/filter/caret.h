// A place in a filter expression, shown below its text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "weir/api.h"

namespace weir::filter {

/// Two lines: the text around `position`, and below it "^~~~" under `length` octets with `note`
/// behind. Ends of lines become blanks, what else is not printable is escaped; long text is cut to
/// what stands around the place.
[[nodiscard]] WEIR_API std::string underlined(std::string_view text, std::size_t position,
                                              std::size_t length, std::string_view note);

/// One line: the text, prepared the same way, where no place in it is known.
[[nodiscard]] WEIR_API std::string excerpt(std::string_view text);

}  // namespace weir::filter
