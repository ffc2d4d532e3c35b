// Whether words are a filter, and what a misspelt one was meant to be.
#pragma once

#include <string>

#include "weir/api.h"

namespace weir::filter {

/// Whether it is one, for whatever link type, without looking names up.
[[nodiscard]] WEIR_API bool is_filter(const std::string& expression);

/// `expression` with one word replaced by the keyword it resembles, where that makes it a filter,
/// or with each that resembles one. Otherwise empty. Looks up no names.
[[nodiscard]] WEIR_API std::string suggested_filter(const std::string& expression);

}  // namespace weir::filter
