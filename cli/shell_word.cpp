// Quotes as POSIX shells read them.
#include "cli/shell_word.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::cli {
namespace {

bool is_printable(char letter) noexcept { return letter >= ' ' && letter <= '~'; }

std::string escaped(const std::string& text) {
  std::string word = "$'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') word += '\\';
    word += is_printable(letter) ? std::string(1, letter)
                                 : fmt::format("\\{:03o}", static_cast<unsigned char>(letter));
  }
  return word + "'";
}

}  // namespace

std::string shell_word(const std::string& text) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  if (!std::ranges::all_of(text, is_printable)) return escaped(text);
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return word + "'";
}

}  // namespace weir::cli
