// The options of weir send about pace, extent and changes.
#pragma once

#include <string>
#include <vector>

#include "cli/filter/filter_options.h"
#include "weir/inject/replay.h"

namespace CLI {
class App;
}

namespace weir::cli {

class ReplayWords {
 public:
  void declare(CLI::App& app);

  /// Throws UsageError for what means nothing, FilterError for the filter of --split.
  [[nodiscard]] inject::ReplayOptions resolve(const filter::FilterOptions& filters) const;
  /// The rate, as it was written.
  [[nodiscard]] const std::string& rate() const noexcept { return rate_; }
  /// How many adapters they are for.
  [[nodiscard]] std::size_t adapters() const noexcept {
    return split_.empty() && !splits_by_direction_ ? 1 : 2;
  }

 private:
  void declare_changes(CLI::App& app);
  [[nodiscard]] inject::Rewriting rewriting() const;

  std::string rate_ = "recorded";
  std::string loops_;
  std::string duration_;
  std::string packets_;
  std::string max_gap_;
  bool preloads_ = false;
  std::string preload_limit_;
  std::string split_;
  bool splits_by_direction_ = false;
  std::vector<std::string> addresses_;
  std::vector<std::string> ports_;
  std::string macs_;
  std::string source_mac_;
  std::string destination_mac_;
  std::string vlan_;
  std::string ttl_;
  bool unique_ = false;
};

}  // namespace weir::cli
