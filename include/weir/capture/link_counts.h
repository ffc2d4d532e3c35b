// What the kernel has counted at an adapter.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/error.h"

namespace weir::capture {

/// Since the adapter is there, of all its traffic, whoever looks on.
struct LinkCounts {
  std::uint64_t packets_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  /// By the driver, by the kernel before any protocol had them, and by hardware that was full.
  std::uint64_t received_dropped = 0;
  std::uint64_t sent_dropped = 0;
};

/// By its ifindex, in the network namespace of the calling thread. Needs no rights. Throws
/// SystemError (not_found) for one that is not there.
[[nodiscard]] WEIR_API LinkCounts link_counts(std::uint32_t adapter);

}  // namespace weir::capture
