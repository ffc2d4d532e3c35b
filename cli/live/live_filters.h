// The filters of live commands: a common one, and those that adapters have of their own.
#pragma once

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

  /// Lets everything through if there is none.
  [[nodiscard]] const filter::Filter& on(const std::string& adapter) const;

  /// What `open` returns, which opens the adapter with its filter; a refusal of that names it.
  template <class Open>
  static auto opened(const std::string& adapter, Open open) {
    try {
      return open();
    } catch (const FilterError& refusal) {
      refuse_on(adapter, refusal);
    }
  }

 private:
  [[noreturn]] static void refuse_on(const std::string& adapter, const FilterError& refusal);

  filter::Filter common_;
  std::map<std::string, filter::Filter> own_{};
};

}  // namespace weir::cli
