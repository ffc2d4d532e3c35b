// The flow group of options: what makes packets one flow, and when it ends.
#pragma once

#include <string>

#include "cli/output/decode_options.h"
#include "weir/flow/tracker.h"

namespace CLI {
class App;
}

namespace weir::cli {

class FlowOptions {
 public:
  void declare(CLI::App& app);

  /// Throws UsageError for values that make no sense. The hash key is random.
  [[nodiscard]] flow::TrackerOptions tracker() const;

  /// Every option in a fixed order: the same text for the same flows.
  [[nodiscard]] std::string text() const;

 private:
  DecodeOptions decode_;
  std::string idle_ = "600";
  std::string active_ = "0";
  std::string fin_ = "30";
  std::string max_flows_ = "2097152";
  std::string fragments_ = "join";
  bool vlan_ = false;
  bool inner_ = false;
};

}  // namespace weir::cli
