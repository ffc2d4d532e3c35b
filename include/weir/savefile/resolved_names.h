// The names of hosts a pcapng carries along.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/source.h"

namespace weir::savefile {

/// How many names a capture gives to addresses.
struct ResolvedNames {
  std::uint64_t ipv4 = 0;
  std::uint64_t ipv6 = 0;

  bool operator==(const ResolvedNames&) const = default;
};

/// Adds those of a name resolution block; of any other there are none.
WEIR_API void add_resolved_names(ResolvedNames& names, const Block& block) noexcept;

}  // namespace weir::savefile
