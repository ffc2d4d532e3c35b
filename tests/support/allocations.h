// Counts heap allocations, so that a test can show a hot path makes none.
#pragma once

#include <cstddef>

namespace weir::test {

/// Allocations made by this thread so far. allocations.cpp replaces operator new.
[[nodiscard]] std::size_t allocation_count() noexcept;

}  // namespace weir::test
