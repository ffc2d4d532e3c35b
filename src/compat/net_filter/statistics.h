// What was counted at adapters: by the kernel since the beginning, and by filters.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "weir/capture/link_counts.h"
#include "weir/compat/net_filter_events.h"
#include "weir/gate/counters.h"

namespace weir::compat::net_filter {

/// Packets of one adapter by a filter.
struct FilterCounts {
  gate::Tally received{};
  gate::Tally sent{};
  gate::Tally dropped_inbound{};
  gate::Tally dropped_outbound{};

  FilterCounts& operator+=(const FilterCounts& other) noexcept;
};

/// Those of one adapter. By its index: names change.
[[nodiscard]] FilterCounts counts_of(const gate::GateCounters& counters, std::uint32_t adapter);

/// Any thread.
class Statistics {
 public:
  /// Counts from now on: what adapters have counted before is left out.
  void begin();
  /// The filter has ended: its drops stay in the totals.
  void keep(const gate::GateCounters& counters);

  /// Of an adapter that has gone: its number is not given again.
  void forget(std::uint32_t adapter) noexcept;

  /// Throws SystemError for an adapter that is gone. `counters` of the filter that runs; null
  /// if none does.
  [[nodiscard]] NetFilterStatisticsEventParams total(std::uint32_t adapter,
                                                     const gate::GateCounters* counters) const;

 private:
  mutable std::mutex mutex_{};
  std::map<std::uint32_t, capture::LinkCounts> before_{};
  /// Of filters that have ended.
  std::map<std::uint32_t, FilterCounts> ended_{};
};

/// Since start_filter().
[[nodiscard]] NetFilterStatisticsEventParams of_filter(std::uint32_t adapter,
                                                       const gate::GateCounters& counters);

}  // namespace weir::compat::net_filter
