// Tries the keywords of pcap-filter(7) that words resemble.
#include "weir/filter/suggestion.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/nearest.h"

namespace weir::filter {
namespace {

/// The commoner ones first: of two at the same distance the first is meant.
const std::vector<std::string>& keywords() {
  static const std::vector<std::string> words{
      "tcp",        "udp",       "port",      "host",    "and",     "or",      "not",
      "src",        "dst",       "net",       "ip",      "ip6",     "arp",     "icmp",
      "icmp6",      "vlan",      "portrange", "proto",   "ether",   "mpls",    "sctp",
      "igmp",       "less",      "greater",   "gateway", "mask",    "inbound", "outbound",
      "broadcast",  "multicast", "rarp",      "pppoes",  "pppoed",  "geneve",  "vxlan",
      "protochain", "ah",        "esp",       "pim",     "vrrp",    "carp",    "len",
      "link",       "wlan",      "type",      "subtype", "iso",     "stp",     "ipx",
      "llc",        "ifname",    "radio",     "tcp-syn", "tcp-ack", "tcp-fin", "tcp-rst",
      "tcp-push",   "tcp-urg",   "tcpflags"};
  return words;
}

bool is_of_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == ':' || c == '_' || c == '\\';
}

struct Replacement {
  std::size_t position;
  std::size_t length;
  std::string keyword;
};

/// What could stand in place of words that are no keywords.
std::vector<Replacement> replacements(std::string_view expression) {
  std::vector<Replacement> all;
  for (std::size_t at = 0; at < expression.size();) {
    const auto* const start = expression.begin() + at;
    const auto length =
        static_cast<std::size_t>(std::find_if_not(start, expression.end(), is_of_word) - start);
    const std::string_view word = expression.substr(at, length);
    if (std::ranges::count(keywords(), word) == 0) {
      std::string keyword = nearest(word, keywords());
      if (!keyword.empty()) all.push_back({at, length, std::move(keyword)});
    }
    at += std::max<std::size_t>(length, 1);
  }
  return all;
}

}  // namespace

bool is_filter(const std::string& expression) {
  try {
    static_cast<void>(compile(expression, LinkType::ethernet, {.allow_names = false}));
    return true;
  } catch (const FilterError& refusal) {
    return refusal.code() != ErrorCode::filter_syntax;
  }
}

std::string suggested_filter(const std::string& expression) {
  constexpr std::size_t longest = 1024;  // each word may have to be tried
  if (expression.size() > longest) return {};
  const std::vector<Replacement> all = replacements(expression);
  std::string every = expression;
  for (auto one = all.rbegin(); one != all.rend(); ++one) {  // from behind: places before it stay
    std::string other = expression;
    other.replace(one->position, one->length, one->keyword);
    if (is_filter(other)) return other;
    every.replace(one->position, one->length, one->keyword);
  }
  return all.size() > 1 && is_filter(every) ? every : "";
}

}  // namespace weir::filter
