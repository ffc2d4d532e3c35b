// A scan over the words of pcap-filter(7).
#include "filter/name_scan.h"

#include <algorithm>
#include <iterator>

#include "filter/words.h"

namespace weir::filter {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";

bool is_made_of(std::string_view word, std::string_view characters) noexcept {
  return !word.empty() && word.find_first_not_of(characters) == std::string_view::npos;
}

bool is_number(std::string_view word) noexcept {
  if (word.starts_with("0x") || word.starts_with("0X"))
    return is_made_of(word.substr(2), hex_digits);
  return is_made_of(word, digits);
}

/// Whether the word is `least` to `most` parts between separators, all of which `is_part`.
template <class IsPart>
bool is_list(std::string_view word, char separator, std::size_t least, std::size_t most,
             IsPart is_part) noexcept {
  std::size_t parts = 0;
  for (;;) {
    const std::size_t end = std::min(word.find(separator), word.size());
    if (!is_part(word.substr(0, end))) return false;
    ++parts;
    if (end == word.size()) return parts >= least && parts <= most;
    word.remove_prefix(end + 1);
  }
}

// A MAC address in one of the forms of libpcap's scanner.
bool is_hardware_address(std::string_view word) noexcept {
  const auto octet = [](std::string_view part) {
    return part.size() <= 2 && is_made_of(part, hex_digits);
  };
  const auto pair = [](std::string_view part) {
    return part.size() == 4 && is_made_of(part, hex_digits);
  };
  if (word.size() == 12 && is_made_of(word, hex_digits)) return true;
  return is_list(word, ':', 6, 6, octet) || is_list(word, '-', 6, 6, octet) ||
         is_list(word, '.', 6, 6, octet) || is_list(word, '.', 3, 3, pair);
}

// IPv6 addresses, with an IPv4 address at the end or not; what is none the compiler refuses
// without a look-up.
bool looks_like_ipv6(std::string_view word) noexcept {
  return word.find(':') != std::string_view::npos &&
         word.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

// Numbers and addresses: what the compiler does not look up.
bool is_literal(std::string_view word) noexcept {
  if (word.starts_with('$')) return is_made_of(word.substr(1), hex_digits);  // ARCNET
  return is_list(word, '.', 1, 4, is_number) || is_hardware_address(word) || looks_like_ipv6(word);
}

// ICMP and TCP constants: only inside comparisons, never looked up.
constexpr std::string_view constants[] = {"icmptype",
                                          "icmpcode",
                                          "icmp6type",
                                          "icmp6code",
                                          "tcpflags",
                                          "tcp-fin",
                                          "tcp-syn",
                                          "tcp-rst",
                                          "tcp-push",
                                          "tcp-ack",
                                          "tcp-urg",
                                          "tcp-ece",
                                          "tcp-cwr",
                                          "icmp-echoreply",
                                          "icmp-unreach",
                                          "icmp-sourcequench",
                                          "icmp-redirect",
                                          "icmp-echo",
                                          "icmp-routeradvert",
                                          "icmp-routersolicit",
                                          "icmp-timxceed",
                                          "icmp-paramprob",
                                          "icmp-tstamp",
                                          "icmp-tstampreply",
                                          "icmp-ireq",
                                          "icmp-ireqreply",
                                          "icmp-maskreq",
                                          "icmp-maskreply",
                                          "icmp6-destinationunreach",
                                          "icmp6-destinationunrach",
                                          "icmp6-packettoobig",
                                          "icmp6-timeexceeded",
                                          "icmp6-parameterproblem",
                                          "icmp6-echo",
                                          "icmp6-echoreply",
                                          "icmp6-multicastlistenerquery",
                                          "icmp6-multicastlistenerreportv1",
                                          "icmp6-multicastlistenerdone",
                                          "icmp6-routersolicit",
                                          "icmp6-routeradvert",
                                          "icmp6-neighborsolicit",
                                          "icmp6-neighboradvert",
                                          "icmp6-redirect",
                                          "icmp6-routerrenum",
                                          "icmp6-nodeinformationquery",
                                          "icmp6-nodeinformationresponse",
                                          "icmp6-ineighbordiscoverysolicit",
                                          "icmp6-ineighbordiscoveryadvert",
                                          "icmp6-multicastlistenerreportv2",
                                          "icmp6-homeagentdiscoveryrequest",
                                          "icmp6-homeagentdiscoveryreply",
                                          "icmp6-mobileprefixsolicit",
                                          "icmp6-mobileprefixadvert",
                                          "icmp6-certpathsolicit",
                                          "icmp6-certpathadvert",
                                          "icmp6-multicastrouteradvert",
                                          "icmp6-multicastroutersolicit",
                                          "icmp6-multicastroutertermination",
                                          "icmp6-multicastrouterterm"};

bool is_constant(std::string_view word) noexcept {
  return std::ranges::find(constants, word) != std::end(constants);
}

// Behind these the next word is an identifier, whatever it looks like.
bool precedes_host(std::string_view word) noexcept {
  return word == "host" || word == "net" || word == "gateway";
}

}  // namespace

std::optional<NamedHost> find_host_name(std::string_view expression) noexcept {
  bool local_name_follows = false;
  bool host_follows = false;
  bool in_brackets = false;
  for (std::size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (c == '[') in_brackets = true;
    if (c == ']') in_brackets = false;
    const std::string_view word = word_at(expression, at);
    if (word.empty() || c == '-') {  // in front of a word a minus sign
      ++at;
      continue;
    }
    const std::size_t start = at;
    at += word.size();
    if (in_brackets || is_literal(word) || is_constant(word)) {
      host_follows = false;
    } else if (is_and(word) || is_or(word) || is_not(word)) {
      continue;
    } else if (precedes_local_name(word) && !host_follows) {
      local_name_follows = true;
    } else if (is_keyword(word) && !host_follows) {
      local_name_follows = false;
      host_follows = precedes_host(word);
    } else if (host_follows || !local_name_follows) {
      return NamedHost{start, word};
    }
  }
  return std::nullopt;
}

}  // namespace weir::filter
