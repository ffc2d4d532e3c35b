// Follows the qualifiers in force, which decide what a name is.
#include "filter/name_scan.h"

#include <vector>

namespace weir::filter {
namespace {

/// Keywords whose next word is one of theirs.
bool takes_own_word(const Token& token) noexcept {
  switch (token.symbol) {
    case Symbol::with_name:
    case Symbol::reason:
    case Symbol::action:
    case Symbol::llc:
    case Symbol::frame_type:
    case Symbol::frame_subtype:
    case Symbol::frame_direction:
      return true;
    default:
      return false;
  }
}

/// Whether names behind this qualifier come from a local table; nothing if it is none.
std::optional<bool> has_local_names(const Token& token) noexcept {
  switch (token.symbol) {
    case Symbol::source:
    case Symbol::destination:
    case Symbol::wireless_address:
    case Symbol::gateway:
      return false;
    case Symbol::address_kind:
      return token.text.starts_with("port");
    case Symbol::next_protocol:
      return true;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::size_t> find_host_name(std::span<const Token> tokens) {
  std::vector<bool> outside;  // of each open parenthesis
  bool is_local = false;
  bool is_own = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.symbol == Symbol::open) outside.push_back(is_local);
    if (token.symbol == Symbol::close && !outside.empty()) {
      is_local = outside.back();
      outside.pop_back();
    }
    // "vxlan" is a name only behind a qualifier.
    const bool is_name =
        token.symbol == Symbol::identifier ||
        (token.symbol == Symbol::vxlan && i != 0 && has_local_names(tokens[i - 1]) == false);
    if (is_name && !is_own && !is_local) return i;
    is_local = has_local_names(token).value_or(is_local);
    is_own = takes_own_word(token);
  }
  return std::nullopt;
}

}  // namespace weir::filter
