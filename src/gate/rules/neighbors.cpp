// Finds ARP and neighbor discovery in packets, and their names in filters.
#include "gate/rules/neighbors.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <vector>

#include "filter/token.h"
#include "weir/bytes.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ip_protocol.h"

namespace weir::gate {
namespace {

using filter::Symbol;
using filter::Token;

constexpr std::size_t ipv6_header = 40;
// RFC 4861: router solicitation to redirect.
constexpr std::uint8_t first_discovery = 133;
constexpr std::uint8_t last_discovery = 137;

NeighborKind discovery_in(Bytes datagram) noexcept {
  constexpr std::size_t next_header = 6;
  const bool is_icmpv6 = datagram.size() > ipv6_header && datagram[0] >> 4 == 6 &&
                         datagram[next_header] == wire::ip_protocol::icmpv6;
  if (!is_icmpv6) return NeighborKind::none;
  const std::uint8_t type = datagram[ipv6_header];
  return type >= first_discovery && type <= last_discovery ? NeighborKind::discovery
                                                           : NeighborKind::none;
}

/// A number as the language writes it: decimal, octal behind 0, hexadecimal behind 0x.
std::optional<std::uint32_t> number_of(const Token& token) noexcept {
  std::string_view digits = token.text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.starts_with('0')) {
    base = 8;
  }
  std::uint32_t number = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

bool is_comparison(const Token& token) noexcept {
  return token.symbol == Symbol::order || token.symbol == Symbol::comparison;
}

/// Whether the number at `index` can be a protocol's: "proto 58", "proto (1 or 58)", "= 58", but
/// not "port 58".
bool is_protocol_number(const std::vector<Token>& tokens, std::size_t index) noexcept {
  if (index + 1 < tokens.size() && is_comparison(tokens[index + 1])) return true;
  while (index-- != 0) {
    const Token& before = tokens[index];
    if (before.symbol == Symbol::next_protocol || is_comparison(before)) return true;
    const bool is_list = filter::is_value(before) || filter::is_join(before) ||
                         before.symbol == Symbol::open || before.symbol == Symbol::not_word;
    if (!is_list) return false;
  }
  return false;
}

}  // namespace

NeighborKind neighbor_in(const Packet& packet) noexcept {
  if (packet.link_type != LinkType::ethernet) return discovery_in(packet.data);
  constexpr std::size_t tag = 4;
  std::size_t at = 12;
  for (int tags = 0; tags <= 2; ++tags, at += tag) {
    if (packet.data.size() < at + 2) return NeighborKind::none;
    const std::uint16_t type = load_be<std::uint16_t>(packet.data.data() + at);
    if (type == wire::ether_type::arp || type == wire::ether_type::rarp) return NeighborKind::arp;
    if (type == wire::ether_type::ipv6) return discovery_in(packet.data.subspan(at + 2));
    if (type != wire::ether_type::vlan && type != wire::ether_type::provider_vlan) break;
  }
  return NeighborKind::none;
}

Neighbors names_neighbors(std::string_view filter) {
  Neighbors named;
  const std::vector<Token> tokens = filter::tokens_of(filter);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view word = tokens[i].text;
    if (word.starts_with('\\')) word.remove_prefix(1);
    named.arp |= word == "arp" || word == "rarp";
    named.discovery |= word.starts_with("icmp6") || word == "ipv6-icmp";
    if (tokens[i].symbol != Symbol::number || !is_protocol_number(tokens, i)) continue;
    const auto number = number_of(tokens[i]);
    named.arp |= number == wire::ether_type::arp || number == wire::ether_type::rarp;
    named.discovery |= number == wire::ip_protocol::icmpv6;
  }
  return named;
}

Neighbors neighbors_of(const Rule& rule) {
  if (rule.action != Action::hold || rule.hold_neighbors) return {true, true};
  return names_neighbors(rule.filter);
}

}  // namespace weir::gate
