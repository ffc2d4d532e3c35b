// Memory for what grows to many megabytes.
#pragma once

#include "weir/api.h"
#include "weir/memory.h"

namespace weir::memory {

/// Memory that asks the kernel for huge pages (2 MiB; where
/// /sys/kernel/mm/transparent_hugepage/enabled says never, small ones): filling it costs a page
/// fault each of those. There for ever.
[[nodiscard]] WEIR_API Memory& huge_pages() noexcept;

}  // namespace weir::memory
