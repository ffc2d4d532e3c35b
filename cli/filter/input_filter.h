// The filter of a command that reads files.
#pragma once

#include <string>

#include "cli/files/input.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::cli {

/// What to throw for an expression that can never match.
[[nodiscard]] FilterError never_matches(const std::string& expression);

/// Throws at once what is wrong for every link type: FilterError, or UsageError where the
/// `doubtful_word` that begins the expression looks like a mistyped file.
[[nodiscard]] filter::Filter input_filter(const Input& input, const filter::FilterOptions& options);

/// Makes programs for link types that are met most, where machine code cannot be made later: what
/// comes beyond them is interpreted. For all that filters can be about if `all` is set.
void prepare_usual(const filter::Filter& filter, bool all);

}  // namespace weir::cli
