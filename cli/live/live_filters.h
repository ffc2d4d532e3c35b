// The filters of live commands: a common one, and those that adapters have of their own.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "cli/live/live_options.h"
#include "weir/filter/filter.h"

namespace weir::cli {

/// The filters of a live command, compiled, and their names looked up, once for each link type.
class LiveFilters {
 public:
  /// `common` is that of adapters without one of their own. Throws UsageError if there are none.
  LiveFilters(const std::string& common, const LiveInput& input,
              const filter::FilterOptions& options);

  /// Empty if nothing is refused.
  [[nodiscard]] const std::string& text(const std::string& adapter) const;

  /// What capture::LiveOptions and CounterOptions take: throws FilterError also for a filter that
  /// can never match. Empty if text() is. An error that is about the adapter's link type
  /// names it.
  [[nodiscard]] std::function<bpf::Program(LinkType)> on(const std::string& adapter) const;

 private:
  [[nodiscard]] const filter::Filter& of(const std::string& adapter) const;

  filter::Filter common_;
  std::map<std::string, filter::Filter> own_{};
};

}  // namespace weir::cli
