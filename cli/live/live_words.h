// Words of a live command that are no filter, but were meant otherwise.
#pragma once

#include <string>
#include <vector>

namespace weir::cli {

/// Throws UsageError where the first word is a file, which `for_files` says what to do with, or an
/// adapter, which -i names, and the words are no filter.
void check_live_words(const std::vector<std::string>& words, const std::string& for_files);

}  // namespace weir::cli
