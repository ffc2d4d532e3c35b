// What filter a command line gives: its words, or a file.
#pragma once

#include <span>
#include <string>

namespace weir::cli {

/// The words with blanks between them.
[[nodiscard]] std::string join(std::span<const std::string> words);

/// What stands in a filter file; from '#' to the end of a line is a comment. Throws SystemError.
[[nodiscard]] std::string read_filter_file(const std::string& path);

}  // namespace weir::cli
