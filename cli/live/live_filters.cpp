// Picks the filter of an adapter and names it where it is wrong.
#include "cli/live/live_filters.h"

#include "cli/exit_code.h"
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
    : common_{common, options} {
  for (const auto& [adapter, text] : input.filters) {
    try {
      own_[adapter] = filter::Filter{text, options};
    } catch (const FilterError& refusal) {
      refuse_on(adapter, refusal);
    }
  }
  if (!common_.is_everything() && own_.size() == input.adapters.size()) {
    throw UsageError{"the filter \"" + common +
                     "\" is of no adapter: each has one of its own (--filter-on)"};
  }
}

const filter::Filter& LiveFilters::on(const std::string& adapter) const {
  const auto own = own_.find(adapter);
  return own == own_.end() ? common_ : own->second;
}

void LiveFilters::refuse_on(const std::string& adapter, const FilterError& refusal) {
  throw FilterError{refusal.code(), refusal.expression(), adapter + ": " + words_of(refusal),
                    refusal.position()};
}

}  // namespace weir::cli
