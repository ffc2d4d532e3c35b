// How much a capture holds for each second of it.
#pragma once

#include "sink/elapsed.h"
#include "weir/sink/capture_summary.h"

namespace weir::sink {

/// Per second between the smallest and the largest time stamp; all 0 where these are the same.
struct CaptureRates {
  double seconds = 0;
  double bytes = 0;
  double bits = 0;
  double packets = 0;

  explicit CaptureRates(const CaptureSummary& summary) noexcept {
    if (!summary.first || !summary.last) return;
    seconds = std::chrono::duration<double>{elapsed(*summary.first, *summary.last)}.count();
    if (seconds <= 0) return;
    bytes = static_cast<double>(summary.bytes) / seconds;
    bits = 8 * bytes;
    packets = static_cast<double>(summary.packets) / seconds;
  }
};

}  // namespace weir::sink
