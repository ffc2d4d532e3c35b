// What Linux counts as dropped by an adapter, in words that do not say more than is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace weir::cli {

/// To be put behind the counts of an adapter; empty where nothing was dropped.
[[nodiscard]] std::string words_on_drops(std::optional<std::uint64_t> dropped);

}  // namespace weir::cli
