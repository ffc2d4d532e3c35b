// What was counted in an interval, or in all of them: as text and as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "weir/capture/interval.h"

namespace weir::cli {

struct StatsRecord {
  std::string interface;
  capture::IntervalCounts counts{};
};

/// What only totals tell.
struct StatsEnd {
  /// "kernel" or "ring".
  const char* mode;
  std::optional<std::uint64_t> dropped_by_adapter{};
  bool gone = false;
};

/// The columns of intervals, wide enough for the fastest adapters.
class StatsTable {
 public:
  /// `interface_width` is that of the longest name, 0 without that column.
  StatsTable(std::size_t interface_width, bool with_dropped)
      : interface_width_{interface_width}, with_dropped_{with_dropped} {}

  [[nodiscard]] std::string heading() const;
  /// Its time is the end, local time.
  [[nodiscard]] std::string line(const StatsRecord& record) const;

 private:
  std::size_t interface_width_;
  bool with_dropped_;
};

/// "far: 12 packets, 768 bytes in 3.000 s: 4.0 packets/s, 2048 bits/s", without an end of line.
[[nodiscard]] std::string total_line(const StatsRecord& total, const StatsEnd& end);

/// A line of JSON: the record stats, and stats_total with what only that tells.
void print_json(const StatsRecord& record);
void print_json(const StatsRecord& total, const StatsEnd& end);
/// The latter on standard error.
void tell_json(const StatsRecord& total, const StatsEnd& end);

}  // namespace weir::cli
