// The tokens of pcap-filter(7), as libpcap's scanner tells them apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::filter {

/// What a token is to the grammar; the symbols made of them stand in grammar.cpp. Words that stand
/// in the same places are one.
enum class Symbol : std::uint8_t {
  number,            ///< also the constants: "tcp-syn", "icmptype"
  identifier,        ///< a name, or a protocol behind a backslash
  address4,          ///< two to four numbers between points
  address6,          ///< IPv6
  hardware_address,  ///< a MAC address, also a wrong one
  arcnet_address,    ///< "$" and an octet
  unknown,           ///< a character that begins no token
  and_word,
  or_word,
  not_word,
  open,
  close,
  open_bracket,
  close_bracket,
  colon,
  slash,
  minus,
  bit_operator,         ///< & |
  arithmetic_operator,  ///< + * % ^ << >>
  order,                ///< < > =
  comparison,           ///< <= >= !=
  protocol,             ///< "ip", "tcp", "ether", ...
  source,
  destination,
  wireless_address,  ///< "addr1", "ra", ...
  address_kind,      ///< "host", "net", "port", "portrange"
  next_protocol,     ///< "proto", "protochain"
  gateway,
  mask,
  frame_type,
  frame_subtype,
  frame_direction,
  length_limit,  ///< "less", "greater"
  byte,
  cast,  ///< "broadcast", "multicast"
  length,
  with_number,  ///< "ifindex", "srnr"
  rule_number,  ///< "rnr", which is also a kind of LLC frame
  with_name,    ///< "ifname", "on", "rset"
  reason,
  action,
  llc,
  encapsulation,  ///< "vlan", "mpls", "pppoes", "geneve"
  vxlan,          ///< an encapsulation to libpcap from 1.11 on, an identifier before
  alone,          ///< "inbound", "lane", "fisu", ...
  field,          ///< "vpi", "opc", ...
  end,            ///< behind the last token
};
inline constexpr std::size_t token_symbols = static_cast<std::size_t>(Symbol::end) + 1;

struct Token {
  Symbol symbol = Symbol::end;
  std::string_view text{};
  std::size_t begin = 0;
  [[nodiscard]] std::size_t end() const noexcept { return begin + text.size(); }
};

/// The token that begins at or, behind blanks, after `at`; Symbol::end where there is none.
[[nodiscard]] Token token_at(std::string_view text, std::size_t at) noexcept;

/// All of them but the end; they borrow from `text`.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

/// A word of the language that is no constant.
[[nodiscard]] bool is_keyword(const Token& token) noexcept;
/// "and" or "or".
[[nodiscard]] bool is_join(const Token& token) noexcept;
/// A name, number or address: what qualifiers are about.
[[nodiscard]] bool is_value(const Token& token) noexcept;
/// "1:2:": what looks like a MAC address, but is none.
[[nodiscard]] bool is_wrong_hardware_address(const Token& token) noexcept;
/// Whether identifiers can stand behind the keyword, in parentheses too: "tcp port (80 or 443)".
[[nodiscard]] bool precedes_values(const Token& token) noexcept;
/// Keywords after which offsets mean a place deeper in the packet, to the end of the expression.
[[nodiscard]] bool moves_offsets(const Token& token) noexcept;
/// Whether a text has such a word.
[[nodiscard]] bool moves_offsets_within(std::string_view text) noexcept;

}  // namespace weir::filter
