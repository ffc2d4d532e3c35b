// Draws the caret under an expression.
#include "weir/filter/caret.h"

#include <algorithm>

#include "weir/printable.h"

namespace weir::filter {
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

/// Ends of lines are blanks, what else is not printable is escaped.
std::string in_one_line(std::string_view text) {
  std::string line{text};
  std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return printable(line);
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
  shown += in_one_line(text.substr(from, place - from));
  const std::size_t indent = columns(shown);
  const std::string marked = in_one_line(text.substr(place, end - place));
  shown += marked + in_one_line(text.substr(end, to - end));
  if (to < text.size()) shown += "...";
  const std::size_t width = std::max<std::size_t>(columns(marked), 1);
  shown += '\n' + std::string(indent, ' ') + '^' + std::string(width - 1, '~');
  if (!note.empty()) shown += ' ' + printable(note);
  return shown + '\n';
}

std::string excerpt(std::string_view text) {
  const std::string_view shown = text.substr(0, character_at(text, std::min(most, text.size())));
  return in_one_line(shown) + (shown.size() < text.size() ? "...\n" : "\n");
}

}  // namespace weir::filter
