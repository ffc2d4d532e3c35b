// What a filter compiles to for one link type, here or in another process.
#pragma once

#include <expected>
#include <string>

#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/link_type.h"

namespace weir::filter {

/// A program, or why there is none.
using Compilation = std::expected<Compiled, FilterError>;

/// compile(), with its refusal as a value.
[[nodiscard]] Compilation compilation(const std::string& text, LinkType link_type,
                                      CompileOptions options);

/// As octets, for a process of the same build on this machine.
[[nodiscard]] std::string octets_of(const Compilation& compilation);
/// Back from octets_of(); `text` is the expression. Throws SystemError for too few.
[[nodiscard]] Compilation from_octets(const std::string& octets, const std::string& text);

}  // namespace weir::filter
