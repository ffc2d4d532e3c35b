// A scan over the words of pcap-filter(7).
#include "filter/name_scan.h"

#include <algorithm>
#include <iterator>

namespace weir::filter {
namespace {

// What follows these is a name from a local table, a number, or a word of the language.
constexpr std::string_view before_local_names[] = {
    "action", "dir",    "direction", "ifname",  "llc",     "on",   "port",      "portrange",
    "proto",  "reason", "rset",      "ruleset", "subtype", "type", "protochain"};

constexpr std::string_view joining[] = {"and", "not", "or"};

constexpr std::string_view keywords[] = {
    "aarp",     "addr1",     "addr2",      "addr3",       "addr4",   "address1", "address2",
    "address3", "address4",  "ah",         "arp",         "atalk",   "bcc",      "broadcast",
    "byte",     "carp",      "clnp",       "connectmsg",  "csnp",    "decnet",   "dpc",
    "dst",      "es-is",     "esis",       "esp",         "ether",   "fddi",     "fisu",
    "gateway",  "geneve",    "greater",    "hdpc",        "hfisu",   "hlssu",    "hmsu",
    "hopc",     "host",      "hsio",       "hsls",        "icmp",    "icmp6",    "ifindex",
    "igmp",     "igrp",      "iih",        "ilmic",       "inbound", "ip",       "ip6",
    "ipx",      "is-is",     "isis",       "iso",         "l1",      "l2",       "lane",
    "lat",      "len",       "length",     "less",        "link",    "lssu",     "lsp",
    "lsu",      "mask",      "metac",      "metaconnect", "mopdl",   "moprc",    "mpls",
    "msu",      "multicast", "net",        "netbeui",     "oam",     "oamf4",    "oamf4ec",
    "oamf4sc",  "opc",       "outbound",   "pim",         "ppp",     "pppoed",   "pppoes",
    "psnp",     "ra",        "radio",      "rarp",        "rnr",     "rulenum",  "sc",
    "sca",      "sctp",      "sio",        "slip",        "sls",     "snp",      "src",
    "srnr",     "stp",       "subrulenum", "ta",          "tcp",     "tr",       "udp",
    "vci",      "vlan",      "vpi",        "vrrp",        "vxlan",   "wlan"};

bool is_among(const auto& words, std::string_view word) noexcept {
  return std::ranges::find(words, word) != std::end(words);
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_word(char c) noexcept {
  return is_letter(c) || is_digit(c) ||
         std::string_view{"_.:-\\$"}.find(c) != std::string_view::npos;
}

// Numbers, address literals, and words marked as protocol names by a backslash.
bool is_literal(std::string_view word) noexcept {
  if (word.front() == '\\' || word.front() == '$') return true;
  if (word.find(':') != std::string_view::npos) return true;
  if (word.starts_with("0x") || word.starts_with("0X")) return true;
  if (std::ranges::none_of(word, is_letter)) return true;
  const bool hex =
      std::ranges::all_of(word, [](char c) { return is_hex(c) || c == '-' || c == '.'; });
  const std::size_t separators =
      static_cast<std::size_t>(std::ranges::count_if(word, [](char c) { return !is_hex(c); }));
  return hex && ((separators == 5 && word.size() <= 17) || (separators == 2 && word.size() == 14));
}

// ICMP and TCP constants: only inside comparisons, never looked up.
bool is_constant(std::string_view word) noexcept {
  return word == "icmptype" || word == "icmpcode" || word == "icmp6type" || word == "icmp6code" ||
         word == "tcpflags" || word.starts_with("tcp-") || word.starts_with("icmp-") ||
         word.starts_with("icmp6-");
}

}  // namespace

std::optional<NamedHost> find_host_name(std::string_view expression) noexcept {
  bool local_name_follows = false;
  bool in_brackets = false;
  for (std::size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (c == '[') in_brackets = true;
    if (c == ']') in_brackets = false;
    if (!is_word(c)) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < expression.size() && is_word(expression[at])) ++at;
    const std::string_view word = expression.substr(start, at - start);
    if (in_brackets || is_literal(word) || is_constant(word) || is_among(joining, word)) continue;
    if (is_among(before_local_names, word)) {
      local_name_follows = true;
    } else if (is_among(keywords, word)) {
      local_name_follows = false;
    } else if (!local_name_follows) {
      return NamedHost{start, word};
    }
  }
  return std::nullopt;
}

}  // namespace weir::filter
