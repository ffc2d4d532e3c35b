// How much a capture holds for each second of it.
#pragma once

#include "record/time/elapsed.h"
#include "weir/info/summary.h"

namespace weir::info {

/// Per second between the smallest and the largest time stamp; all 0 where these are the same.
struct Rates {
  double seconds = 0;
  double bytes = 0;
  double bits = 0;
  double packets = 0;

  explicit Rates(const Summary& summary) noexcept {
    if (!summary.first || !summary.last) return;
    seconds = std::chrono::duration<double>{record::elapsed(*summary.first, *summary.last)}.count();
    if (seconds <= 0) return;
    bytes = static_cast<double>(summary.bytes) / seconds;
    bits = 8 * bytes;
    packets = static_cast<double>(summary.packets) / seconds;
  }
};

}  // namespace weir::info
