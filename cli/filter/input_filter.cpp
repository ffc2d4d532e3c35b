// Tells a filter from a mistyped file, and makes programs while that is allowed.
#include "cli/filter/input_filter.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "cli/exit_code.h"
#include "weir/filter/compile.h"
#include "weir/filter/suggestion.h"
#include "weir/nearest.h"

namespace weir::cli {
namespace {

bool exists(const std::string& path) {
  std::error_code problem;
  return std::filesystem::exists(path, problem);
}

/// "not": a word of filters behind which something is missing, and not a mistyped file.
bool is_unfinished(const FilterError& refusal, const Input& input) {
  return input.doubtful_word == input.filter && refusal.position() == input.filter.size() &&
         !exists(input.doubtful_word);
}

std::string not_a_filter(const std::string& word) {
  if (!exists(word)) return "no such file, and not a filter: " + word;
  return "not a filter, and a file behind the first needs a path: ./" + word;
}

bool looks_names_up(const std::string& expression) {
  try {
    static_cast<void>(filter::compile(expression, LinkType::ethernet, {.allow_names = false}));
    return false;
  } catch (const FilterError&) {
    return true;
  }
}

}  // namespace

FilterError never_matches(const std::string& expression) {
  return {ErrorCode::filter_rejects_all, expression, "the filter can never match"};
}

filter::Filter input_filter(const Input& input, const filter::FilterOptions& options) {
  try {
    return filter::Filter{input.filter, options};
  } catch (const FilterError& refusal) {
    if (input.doubtful_word.empty() || is_unfinished(refusal, input)) throw;
    throw UsageError{not_a_filter(input.doubtful_word) +
                     did_you_mean(filter::suggested_filter(input.filter))};
  }
}

void prepare_usual(const filter::Filter& filter, bool all) {
  const std::span<const LinkType> types = filter::usual_link_types();
  std::size_t count = all ? types.size() : 10;
  // A host may be looked up far away, and is once more for each of them.
  if (looks_names_up(filter.text())) count = 4;
  // A long filter takes up to half a second for each: those there is no time for run interpreted.
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds{all ? 300 : 100};
  for (const LinkType type : types.first(count)) {
    if (Clock::now() > until) break;
    filter.prepare(type);
  }
}

}  // namespace weir::cli
