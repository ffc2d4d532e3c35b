// The options about the filter, the same for files and for adapters.
#pragma once

#include <array>
#include <span>
#include <string>

#include "cli/filter/libpcap_engine.h"
#include "weir/filter/filter.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// What --engine names, but for the best of them.
struct NamedEngine {
  const char* name;
  filter::Engine engine;
  filter::Interpreter interpreter = nullptr;
};
inline constexpr std::array named_engines{
    NamedEngine{"jit", filter::Engine::jit},
    NamedEngine{"interpreter", filter::Engine::interpreter},
    NamedEngine{"libpcap", filter::Engine::interpreter, run_with_libpcap}};

class FilterOptions {
 public:
  /// Declares -F and --no-names.
  void declare(CLI::App& app);
  /// Declares --engine, for commands that run the filter themselves.
  void declare_engine(CLI::App& app);

  /// Whether -F gives the filter.
  [[nodiscard]] bool from_file() const noexcept { return !file_.empty(); }
  /// The filter: the words, or what stands in the file of -F. Throws UsageError if there are both
  /// (`doubtful_word` is the first word where it may be a mistyped file), SystemError if the file
  /// cannot be read.
  [[nodiscard]] std::string text(std::span<const std::string> words,
                                 const std::string& doubtful_word = {}) const;

  /// Host names in filters are looked up unless --no-names, and what can never match is a mistake.
  /// Throws UsageError for an engine that is none.
  [[nodiscard]] filter::FilterOptions filter() const;

 private:
  std::string file_;
  bool no_names_ = false;
  std::string engine_ = "best";
};

}  // namespace weir::cli
