// Reads rules, names them, and refuses those that can never match.
#include "cli/gate/gate_rules.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/gate/rule_text.h"

namespace weir::cli {
namespace {

constexpr std::size_t longest_file = std::size_t{16} << 20;

std::string content_of(const std::string& path,
                       const std::function<int(const std::string&)>& open) {
  struct Close {
    void operator()(std::FILE* file) const noexcept {
      if (file != stdin) std::fclose(file);
    }
  };
  std::unique_ptr<std::FILE, Close> file{stdin};
  if (path != "-") {
    file.reset(open ? ::fdopen(open(path), "rb") : std::fopen(path.c_str(), "rbe"));
  }
  if (!file) throw SystemError{errno, "open " + path};
  std::string text;
  char block[16'384];
  while (const std::size_t size = std::fread(block, 1, sizeof block, file.get())) {
    text.append(block, size);
    if (text.size() > longest_file) {
      throw Error{ErrorCode::invalid_argument, path + ": more than 16 MiB of rules"};
    }
  }
  if (std::ferror(file.get()) != 0) throw SystemError{errno, "read " + path};
  return text;
}

/// What parse_rules() says of a line, as what the command tells of any filter: the line with a
/// caret.
FilterError of_line(const FormatError& error, std::string_view text) {
  const auto place = static_cast<std::size_t>(error.offset());
  const std::size_t begin = place == 0 ? 0 : text.rfind('\n', place - 1) + 1;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  const std::string_view words{error.what()};
  return {error.code(), std::string{line}, std::string{words.substr(0, words.find('\n'))},
          place - begin};
}

bool can_match(const std::string& filter, LinkType link_type) {
  try {
    return !filter::compile(filter, link_type).rejects_all;
  } catch (const FilterError&) {
    return false;
  }
}

bool can_match(const gate::Rule& rule) {
  return rule.filter.empty() || can_match(rule.filter, LinkType::ethernet) ||
         can_match(rule.filter, LinkType::raw);
}

/// `place`: "PATH:LINE: ", or nothing; `line`: what the rule was read from.
[[noreturn]] void refuse(const gate::Rule& rule, const std::string& place, std::string_view line) {
  throw FilterError{ErrorCode::filter_rejects_all, std::string{line},
                    place + "the filter can never match", line.rfind(rule.filter)};
}

/// The rule of a text that is read by parse_rules(), and can never match.
[[noreturn]] void refuse_in(std::string_view text, std::size_t index, const std::string& path) {
  std::size_t begin = 0;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::vector<gate::Rule> rules = gate::parse_rules(line, path);
    if (!rules.empty() && index-- == 0) {
      refuse(rules.front(), path + ':' + std::to_string(number) + ": ", line);
    }
    begin = end + 1;
  }
}

}  // namespace

std::vector<gate::Rule> GateRules::read_words() const {
  std::vector<gate::Rule> rules;
  for (const std::string& word : words_) {
    rules.push_back(gate::parse_rule(word));
    if (!can_match(rules.back())) refuse(rules.back(), {}, word);
  }
  return rules;
}

std::vector<gate::Rule> GateRules::read_file() const {
  const std::string text = content_of(path_, open_);
  std::vector<gate::Rule> rules;
  try {
    rules = gate::parse_rules(text, path_);
  } catch (const FormatError& error) {
    throw of_line(error, text);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!can_match(rules[i])) refuse_in(text, i, path_);
  }
  return rules;
}

void GateRules::number(std::vector<gate::Rule>& rules, std::span<const gate::Rule> in_force) {
  // Those with the same text in their order.
  std::map<std::string, std::deque<std::string>> ids;
  for (const gate::Rule& rule : in_force) ids[gate::text_of(rule)].push_back(rule.id);
  for (gate::Rule& rule : rules) {
    std::deque<std::string>& known = ids[gate::text_of(rule)];
    if (known.empty()) known.push_back(std::to_string(++last_id_));
    rule.id = known.front();
    known.pop_front();
  }
}

std::vector<gate::Rule> GateRules::read(std::span<const gate::Rule> in_force) {
  std::vector<gate::Rule> rules = path_.empty() ? read_words() : read_file();
  number(rules, in_force);
  return rules;
}

}  // namespace weir::cli
