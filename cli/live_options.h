// The input group of options of live commands: which adapters, which of their packets.
#pragma once

#include <functional>
#include <map>
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
  /// Of the adapters among them that have a filter of their own.
  std::map<std::string, std::string> filters{};
};

/// Declares -i, -p, -Q and --filter-on.
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
  void add_filters(LiveInput& input) const;

  std::vector<std::string> adapters_;
  std::vector<std::string> filters_;  // IF=FILTER
  bool not_promiscuous_ = false;
  std::string direction_ = "inout";
};

/// The filters of a live command, compiled, and their names looked up, once for each link type.
class LiveFilter {
 public:
  /// `common` is that of adapters without one of their own. Throws UsageError if there are none.
  LiveFilter(const std::string& common, const LiveInput& input,
             const filter::FilterOptions& options);

  /// Empty if nothing is refused.
  [[nodiscard]] const std::string& text(const std::string& adapter) const;

  /// What capture::LiveOptions and CounterOptions take: throws FilterError also for a filter that
  /// can never match. Empty if text() is. An error that is about the adapter's link type
  /// names it.
  [[nodiscard]] std::function<bpf::Program(LinkType)> on(const std::string& adapter) const;

 private:
  struct Expression {
    std::string text{};
    std::shared_ptr<Compilations> compilations{};  // null where the text is empty
  };
  static Expression expression(const std::string& text, const filter::FilterOptions& options);
  [[nodiscard]] const Expression& of(const std::string& adapter) const;

  Expression common_;
  std::map<std::string, Expression> own_{};
};

}  // namespace weir::cli
