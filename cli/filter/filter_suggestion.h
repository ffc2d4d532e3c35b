// Whether words are a filter, and what a misspelt one was meant to be.
#pragma once

#include <string>

namespace weir::cli {

/// Whether it is one, for whatever link type, without looking names up.
[[nodiscard]] bool is_filter(const std::string& expression);

/// `expression` with one word replaced by the keyword it resembles, where that makes it a filter,
/// or with each that resembles one. Otherwise empty. Looks up no names.
[[nodiscard]] std::string suggested_filter(const std::string& expression);

}  // namespace weir::cli
