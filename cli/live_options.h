// The capture group of options: which adapters, and what to take from them. One for every live
// command.
#pragma once

#include <string>
#include <vector>

#include "weir/capture/live.h"
#include "weir/filter/compile.h"

namespace CLI {
class App;
}

namespace weir::cli {

class LiveOptions {
 public:
  /// -i and what belongs to it; with `ring`, also how the packets themselves are taken.
  void declare(CLI::App& app, bool ring);

  /// Whether -i was given.
  [[nodiscard]] bool has_adapters() const noexcept { return !adapters_.empty(); }
  /// Those of -i, or the default adapter. Throws Error if there is none.
  [[nodiscard]] std::vector<std::string> adapters() const;
  /// That of -F, or the words. Throws UsageError, SystemError.
  [[nodiscard]] std::string filter(const std::vector<std::string>& words) const;
  /// Host names are looked up unless --no-names.
  [[nodiscard]] filter::CompileOptions compile() const noexcept {
    return {.allow_names = !no_names_};
  }
  /// Without the filter. Throws UsageError.
  [[nodiscard]] capture::LiveOptions live() const;
  /// Zero is no end. Throws UsageError.
  [[nodiscard]] Duration duration() const;

 private:
  void declare_ring(CLI::App& app);

  std::vector<std::string> adapters_;
  std::string filter_file_;
  bool no_names_ = false;
  bool not_promiscuous_ = false;
  std::string direction_ = "inout";
  std::string duration_;
  std::string snapshot_length_;
  std::string kibibytes_;  // -B
  std::string ring_size_;
  bool immediate_ = false;
  bool monitor_ = false;
  bool resume_ = false;
  std::string filter_in_ = "kernel";
};

}  // namespace weir::cli
