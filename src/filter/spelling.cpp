// Compares words by the edits that lead from one to the other.
#include "filter/spelling.h"

#include <algorithm>

#include "filter/keywords.h"
#include "weir/edit_distance.h"

namespace weir::filter {
namespace {

/// Longer words are no misspelt keywords.
constexpr std::size_t longest = 32;

/// What words mean that other tools and languages have.
struct Foreign {
  std::string_view word;
  std::string_view meaning;
};
constexpr Foreign foreign[] = {
    {"addr", "host"}, {"address", "host"},   {"daddr", "dst host"}, {"dport", "dst port"},
    {"eth", "ether"}, {"icmpv6", "icmp6"},   {"ip4", "ip"},         {"ipv4", "ip"},
    {"ipv6", "ip6"},  {"protocol", "proto"}, {"saddr", "src host"}, {"sport", "src port"},
};

/// Short words of rare protocols, near to many others.
constexpr std::string_view rare[] = {"bcc", "dir", "dpc", "iih", "l1",  "l2", "lat", "llc",
                                     "lsp", "lsu", "msu", "oam", "opc", "ra", "rnr", "sc",
                                     "sca", "sio", "sls", "snp", "ta",  "tr", "vci", "vpi"};

/// Whether a word of this kind can stand where `allowed` can; of constants only where names cannot.
bool is_allowed(Symbol symbol, const Symbols& allowed) noexcept {
  if (symbol == Symbol::number && allowed.test(static_cast<std::size_t>(Symbol::identifier))) {
    return false;
  }
  return allowed.test(static_cast<std::size_t>(symbol));
}

/// Whether the word can begin with what stands for a foreign one.
bool fits(std::string_view meaning, const Symbols& allowed) noexcept {
  const Keyword* keyword = find_keyword(meaning.substr(0, meaning.find(' ')));
  return keyword != nullptr && is_allowed(keyword->symbol, allowed);
}

}  // namespace

std::vector<std::string_view> nearest_keywords(std::string_view word, const Symbols& allowed) {
  if (word.empty() || word.size() >= longest) return {};
  const auto* known = std::ranges::find(foreign, word, &Foreign::word);
  if (known != std::end(foreign) && fits(known->meaning, allowed)) return {known->meaning};
  std::vector<std::string_view> nearest;
  std::size_t least = word.size() <= 2 ? 0 : word.size() <= 4 ? 1 : 2;
  for (const Keyword& keyword : keywords()) {
    if (!is_allowed(keyword.symbol, allowed) || keyword.word.size() >= longest) continue;
    const std::size_t edits = edit_distance(word, keyword.word);
    const bool is_rare = edits != 0 && std::ranges::find(rare, keyword.word) != std::end(rare);
    if (edits > least || is_rare) continue;
    if (edits < least) nearest.clear();
    least = edits;
    nearest.push_back(keyword.word);
  }
  if (nearest.size() > 3) nearest.resize(3);
  return nearest;
}

std::string question(const std::vector<std::string_view>& keywords) {
  std::string text;
  for (const std::string_view keyword : keywords) {
    text += text.empty() ? ": did you mean \"" : " or \"";
    text.append(keyword).push_back('"');
  }
  return text.empty() ? text : text + '?';
}

}  // namespace weir::filter
