// Reads files of rules, one a line.
#include <algorithm>
#include <string>
#include <vector>

#include "weir/filter/caret.h"
#include "weir/gate/rule_text.h"

namespace weir::gate {
namespace {

bool is_left_out(std::string_view line) noexcept {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  return begin == std::string_view::npos || line[begin] == '#';
}

}  // namespace

std::vector<Rule> parse_rules(std::string_view text, const std::string& path) {
  std::vector<Rule> rules;
  std::size_t begin = 0;
  for (std::size_t number = 1; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (!is_left_out(line)) {
      try {
        rules.push_back(parse_rule(line));
      } catch (const FilterError& error) {
        const std::size_t position = error.position().value_or(0);
        std::string place = filter::underlined(line, position, 1, {});
        while (place.ends_with('\n')) place.pop_back();
        throw FormatError{error.code(), begin + position,
                          path + ":" + std::to_string(number) + ": " + error.what() + "\n" + place};
      }
    }
    begin = end + 1;
  }
  return rules;
}

}  // namespace weir::gate
