// Finds words in a filter expression that its compiler would look up as host or network names.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::filter {

struct NamedHost {
  std::size_t position = 0;
  std::string_view word{};
};

/// The first such word; the view borrows from `expression`. Service and protocol names do not
/// count: local tables know them. Goes by the words alone, so it may let through what only the
/// grammar shows to be a name.
[[nodiscard]] std::optional<NamedHost> find_host_name(std::string_view expression) noexcept;

}  // namespace weir::filter
