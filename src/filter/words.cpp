// The vocabulary of pcap-filter(7), as libpcap 1.10's scanner knows it.
#include "filter/words.h"

#include <algorithm>
#include <iterator>

namespace weir::filter {
namespace {

constexpr std::string_view before_local_names[] = {
    "action", "dir",    "direction", "ifname",  "llc",     "on",   "port",      "portrange",
    "proto",  "reason", "rset",      "ruleset", "subtype", "type", "protochain"};

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

constexpr std::string_view encapsulations[] = {"geneve", "lane", "mpls", "pppoes", "vlan", "vxlan"};

constexpr std::string_view before_groups[] = {"dst",       "host",  "net",        "port",
                                              "portrange", "proto", "protochain", "src"};

bool is_among(const auto& words, std::string_view word) noexcept {
  return std::ranges::find(words, word) != std::end(words);
}

}  // namespace

bool is_word_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"_.:-\\$"}.find(c) != std::string_view::npos;
}

std::string_view word_at(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && is_word_character(text[end])) ++end;
  return text.substr(at, end - at);
}

bool is_keyword(std::string_view word) noexcept {
  return is_among(keywords, word) || precedes_local_name(word);
}

bool precedes_local_name(std::string_view word) noexcept {
  return is_among(before_local_names, word);
}

bool precedes_group(std::string_view word) noexcept { return is_among(before_groups, word); }

bool moves_offsets(std::string_view word) noexcept { return is_among(encapsulations, word); }

bool moves_offsets_within(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view word = word_at(text, at);
    if (moves_offsets(word)) return true;
    at += std::max<std::size_t>(word.size(), 1);
  }
  return false;
}

bool is_and(std::string_view word) noexcept { return word == "and" || word == "&&"; }
bool is_or(std::string_view word) noexcept { return word == "or" || word == "||"; }
bool is_not(std::string_view word) noexcept { return word == "not" || word == "!"; }

}  // namespace weir::filter
