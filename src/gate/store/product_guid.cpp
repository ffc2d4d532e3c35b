// GUIDs as names of products.
#include <cstddef>

#include "weir/gate/driver_store.h"

namespace weir::gate {

std::optional<std::string> parse_product_guid(std::string_view text) {
  constexpr std::string_view pattern = "{XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}";
  if (text.size() != pattern.size()) return std::nullopt;
  std::string guid;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_lower = text[i] >= 'a' && text[i] <= 'f';
    const char c = is_lower ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
    if (pattern[i] == 'X' ? !is_digit : c != pattern[i]) return std::nullopt;
    guid += c;
  }
  return guid;
}

}  // namespace weir::gate
