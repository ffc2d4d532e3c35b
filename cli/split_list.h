// Lists as options take them.
#pragma once

#include <string>
#include <vector>

namespace weir::cli {

/// The words between commas, empty ones too; none of an empty list.
[[nodiscard]] std::vector<std::string> split_list(const std::string& list);

}  // namespace weir::cli
