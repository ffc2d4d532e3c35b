// The capture group of options: how packets are taken from adapters.
#pragma once

#include <string>

#include "cli/live/live_options.h"
#include "weir/capture/live.h"

namespace weir::cli {

class RingOptions {
 public:
  void declare(CLI::App& app);

  /// For these adapters; without the filter. With `is_watched` packets do not wait for others.
  /// Throws UsageError.
  [[nodiscard]] capture::LiveOptions live(const LiveInput& input, bool is_watched) const;
  /// How long to capture; zero is without end. Throws UsageError.
  [[nodiscard]] Duration duration() const;

 private:
  std::string duration_;
  std::string snapshot_length_;
  std::string kibibytes_;  // -B
  std::string size_;
  std::string filter_in_ = "kernel";
  bool immediate_ = false;
  bool monitor_ = false;
  bool resume_ = false;
};

}  // namespace weir::cli
