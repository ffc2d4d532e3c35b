// Looks at what the first word names.
#include "cli/live/live_words.h"

#include <algorithm>
#include <filesystem>

#include "cli/exit_code.h"
#include "weir/capture/adapter.h"
#include "weir/filter/suggestion.h"
#include "weir/nearest.h"

namespace weir::cli {
namespace {

bool is_adapter(const std::string& word) {
  if (word == "any") return true;
  return std::ranges::any_of(capture::adapters(), [&](const capture::Adapter& adapter) {
    return adapter.name == word || std::ranges::count(adapter.alternative_names, word) != 0;
  });
}

/// Whether it looks like a file that is not there.
bool is_path(const std::string& word) {
  return word.find(".pcap") != std::string::npos || word.starts_with('/') || word.starts_with("./");
}

}  // namespace

void check_live_words(const std::vector<std::string>& words, const std::string& for_files) {
  const auto first = std::ranges::find_if(words, [](const auto& word) { return word != "--"; });
  if (first == words.end()) return;
  std::string expression;
  for (auto word = first; word != words.end(); ++word) expression += *word + ' ';
  if (filter::is_filter(expression)) return;
  std::error_code problem;
  if (is_path(*first) || std::filesystem::exists(*first, problem)) {
    throw UsageError{*first + ": adapters are named here, with -i; of files tells " + for_files};
  }
  if (is_adapter(*first))
    throw UsageError{*first + " is an adapter: did you mean -i " + *first + "?"};
  expression.pop_back();
  if (first + 1 == words.end() && first->find_first_of(" ()[]!&|=<>") == std::string::npos) {
    const std::string meant = filter::suggested_filter(expression);
    throw UsageError{"neither a filter nor an adapter: " + *first +
                     (meant.empty() ? ", and adapters are named with -i" : did_you_mean(meant))};
  }
}

}  // namespace weir::cli
