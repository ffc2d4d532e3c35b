// The beginning and the end of worker threads as events.
#pragma once

#include "compat/net_filter/events.h"

namespace weir::compat::net_filter {

/// In the new thread. Whether it may be used.
[[nodiscard]] bool worker_starts(const Events& events) noexcept;
/// In a thread that was used. What the handler throws is ignored.
void worker_ends(const Events& events) noexcept;

/// Whether this thread is within on_worker_thread_creation: whoever made it may wait for it.
[[nodiscard]] bool is_starting_worker() noexcept;

}  // namespace weir::compat::net_filter
