// The words of pcap-filter(7), as libpcap 1.10's scanner knows them, and vxlan of its successor.
#include "filter/keywords.h"

#include <algorithm>

namespace weir::filter {
namespace {

constexpr Keyword words[] = {
#include "filter/keywords.inc"
};

static_assert(std::ranges::is_sorted(words, {}, &Keyword::word));

}  // namespace

std::span<const Keyword> keywords() noexcept { return words; }

const Keyword* find_keyword(std::string_view word) noexcept {
  const auto* const found = std::ranges::lower_bound(words, word, {}, &Keyword::word);
  return found != std::end(words) && found->word == word ? found : nullptr;
}

}  // namespace weir::filter
