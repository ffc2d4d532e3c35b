// The input group of options of live commands: which adapters, which of their packets.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "weir/capture/live.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// What is to be captured, before anything is opened.
struct LiveInput {
  /// What the kernel calls them: at least one, each once.
  std::vector<std::string> adapters{};
  bool promiscuous = true;
  capture::Traffic traffic = capture::Traffic::any;
  /// Of the adapters among them that have a filter of their own.
  std::map<std::string, std::string> filters{};
};

/// What the kernel calls adapters that are named, by an alternative name too, or numbered as `weir
/// adapters` numbers them. Throws UsageError where two are one, SystemError.
[[nodiscard]] std::vector<std::string> adapters_named(const std::vector<std::string>& words);

/// Declares -i, -p, -Q and --filter-on.
class LiveInputOptions {
 public:
  void declare(CLI::App& app);

  /// Whether -i is there.
  [[nodiscard]] bool given() const noexcept { return !adapters_.empty(); }
  /// Adapters are named, by an alternative name too, or numbered as `weir adapters` numbers them;
  /// without -i it is the default adapter. Throws UsageError, Error (not_found) if there is no
  /// default, SystemError.
  [[nodiscard]] LiveInput resolve() const;

 private:
  std::vector<std::string> adapters_;
  std::vector<std::string> filters_;  // IF=FILTER
  bool not_promiscuous_ = false;
  std::string direction_ = "inout";
};

}  // namespace weir::cli
