// The input group of options of live commands: which adapters, which of their packets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/capture/live.h"
#include "weir/filter/filter.h"

namespace CLI {
class App;
}

namespace weir::cli {

class Compilations;

/// What is to be captured, before anything is opened.
struct LiveInput {
  /// What the kernel calls them: at least one, each once.
  std::vector<std::string> adapters{};
  bool promiscuous = true;
  capture::Traffic traffic = capture::Traffic::any;
};

/// Declares -i, -p and -Q.
class LiveOptions {
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
  bool not_promiscuous_ = false;
  std::string direction_ = "inout";
};

/// The filter of a live command, compiled, and its names looked up, once for each link type.
class LiveFilter {
 public:
  LiveFilter(const std::string& expression, const filter::FilterOptions& options);

  /// What capture::LiveOptions and CounterOptions take: throws FilterError also for a filter that
  /// can never match. Empty if the expression is. An error that is about the adapter's link type
  /// names it.
  [[nodiscard]] std::function<bpf::Program(LinkType)> on(const std::string& adapter) const;

 private:
  std::string expression_;
  std::shared_ptr<Compilations> compilations_;  // null without an expression
};

}  // namespace weir::cli
