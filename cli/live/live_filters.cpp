// Picks the filter of an adapter and names it where it is wrong.
#include "cli/live/live_filters.h"

#include "cli/exit_code.h"
#include "cli/files/capture_run.h"
#include "weir/error.h"

namespace weir::cli {

namespace {

/// libpcap takes what it compiles for an adapter for the filter of a file.
std::string words_of(const FilterError& refusal) {
  std::string words = refusal.what();
  if (words.find("inbound/outbound not supported") != std::string::npos) {
    return "a filter is not told which way packets go: use -Q in or -Q out";
  }
  if (words.find("ifindex not supported") != std::string::npos) {
    return "its packets do not say where they came in: ifindex is for -i any";
  }
  return words;
}

}  // namespace

LiveFilters::LiveFilters(const std::string& common, const LiveInput& input,
                         const filter::FilterOptions& options)
    : common_{expression(common, options)} {
  for (const auto& [adapter, text] : input.filters) own_[adapter] = expression(text, options);
  if (common_.compilations && own_.size() == input.adapters.size()) {
    throw UsageError{"the filter \"" + common +
                     "\" is of no adapter: each has one of its own (--filter-on)"};
  }
}

LiveFilters::Expression LiveFilters::expression(const std::string& text,
                                                const filter::FilterOptions& options) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  const filter::CompileOptions compile{.allow_names = options.allow_names};
  return {text, std::make_shared<Compilations>(text, compile)};
}

const LiveFilters::Expression& LiveFilters::of(const std::string& adapter) const {
  const auto own = own_.find(adapter);
  return own == own_.end() ? common_ : own->second;
}

const std::string& LiveFilters::text(const std::string& adapter) const { return of(adapter).text; }

std::function<bpf::Program(LinkType)> LiveFilters::on(const std::string& adapter) const {
  const Expression& expression = of(adapter);
  if (!expression.compilations) return {};
  const bool is_own = own_.contains(adapter);
  return [expression, adapter, is_own](LinkType type) {
    try {
      const filter::Compiled& compiled = expression.compilations->of(type);
      if (compiled.rejects_all) throw never_matches(expression.text);
      return compiled.program;
    } catch (const FilterError& refusal) {
      if (refusal.code() == ErrorCode::filter_syntax && !is_own) throw;
      throw FilterError{refusal.code(), refusal.expression(), adapter + ": " + words_of(refusal),
                        refusal.position()};
    }
  };
}

}  // namespace weir::cli
