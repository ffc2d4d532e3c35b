// Draws the caret under an expression.
#include "caret.h"

#include <algorithm>

namespace weir::cli {
namespace {

/// Octets shown, and how many of them before the place.
constexpr std::size_t most = 160;
constexpr std::size_t before = 60;

bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t columns(std::string_view text) noexcept {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_character));
}

/// The start of a character at or before `at`.
std::size_t character_at(std::string_view text, std::size_t at) noexcept {
  while (at > 0 && at < text.size() && continues_character(text[at])) --at;
  return at;
}

}  // namespace

std::string underlined(std::string_view text, std::size_t position, std::size_t length,
                       std::string_view note) {
  const std::size_t place = std::min(position, text.size());
  const bool is_long = text.size() > most;
  const std::size_t from = is_long && place > before ? character_at(text, place - before) : 0;
  const std::size_t to =
      is_long ? character_at(text, std::min(from + most, text.size())) : text.size();
  const std::size_t end = std::min(place + length, to);
  std::string shown = from > 0 ? "..." : "";
  const std::size_t indent = columns(shown) + columns(text.substr(from, place - from));
  for (const char c : text.substr(from, to - from)) {
    const bool is_control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    shown.push_back(is_control ? ' ' : c);
  }
  if (to < text.size()) shown += "...";
  const std::size_t width = std::max<std::size_t>(columns(text.substr(place, end - place)), 1);
  shown += '\n' + std::string(indent, ' ') + '^' + std::string(width - 1, '~');
  if (!note.empty()) shown += ' ' + std::string{note};
  return shown + '\n';
}

}  // namespace weir::cli
