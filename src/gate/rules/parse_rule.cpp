// Reads one rule from its text.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gate/rules/check_rule.h"
#include "gate/rules/filter_loop.h"
#include "gate/rules/rule_words.h"
#include "weir/filter/compile.h"
#include "weir/gate/rule_text.h"
#include "weir/nearest.h"
#include "weir/printable.h"
#include "weir/units.h"

namespace weir::gate {
namespace {

constexpr std::array actions{Action::pass, Action::accept, Action::drop, Action::notify,
                             Action::hold};

std::string quoted(const Word& word) { return "'" + printable(word.text) + "'"; }

template <class Number>
std::optional<Number> number_of(std::string_view text) noexcept {
  Number number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Throws FilterError where neither Ethernet nor raw IP takes it; of the two, what Ethernet says.
void check_filter(const std::string& filter) {
  try {
    static_cast<void>(filter::compile(filter, LinkType::ethernet));
  } catch (const FilterError& error) {
    if (error.code() != ErrorCode::filter_link_type) throw;
    try {
      static_cast<void>(filter::compile(filter, LinkType::raw));
      return;
    } catch (const FilterError&) {
      // What Ethernet says of it is told.
    }
    throw;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text}, words_{text} {}

  Rule parse() {
    parse_action();
    Word word = words_.next();
    while (!word.text.empty() && word.text != ":") word = parse_clause(word);
    if (!direction_is_told_) words_.refuse(word.position, "in, out or any is missing");
    if (!word.text.empty()) parse_filter();
    return rule_;
  }

 private:
  void parse_action() {
    const Word word = words_.next();
    std::vector<std::string> known;
    for (const Action action : actions) {
      known.emplace_back(name(action));
      rule_.action = action;
      if (word.text == known.back()) return;
    }
    if (word.text.empty())
      words_.refuse(word.position, "no rule: pass, accept, drop, notify or hold");
    words_.refuse(word.position, quoted(word) +
                                     " is no action: pass, accept, drop, notify or hold" +
                                     did_you_mean(nearest(word.text, known)));
  }

  /// Returns the word behind it.
  Word parse_clause(const Word& word) {
    if (word.text == "in" || word.text == "out" || word.text == "any") {
      once(direction_is_told_, word);
      if (word.text != "any") rule_.direction = word.text == "in" ? Direction::in : Direction::out;
    } else if (word.text == "on") {
      once(adapter_is_told_, word);
      parse_adapter();
    } else if (word.text == "len") {
      once(length_is_told_, word);
      parse_length();
    } else if (word.text == "set" || word.text == "delay") {
      once(changes_are_told_, word);
      return parse_changes(word);
    } else {
      words_.refuse(word.position,
                    quoted(word) +
                        " cannot stand here: in, out, any, on, len, set, delay, or a "
                        "colon and the filter behind it");
    }
    return words_.next();
  }

  void once(bool& told, const Word& word) const {
    if (told) words_.refuse(word.position, quoted(word) + ": that has been told before");
    told = true;
  }

  void parse_adapter() {
    const Word name = words_.next_name();
    if (name.text.empty() || name.text == ":" || name.text == ";") {
      words_.refuse(name.position, "the name of an adapter is missing");
    }
    rule_.adapter = name.text;
  }

  void parse_length() {
    const Word word = words_.next();
    const std::size_t dots = std::min(word.text.find(".."), word.text.size());
    const std::string_view least = word.text.substr(0, dots);
    const std::string_view most = word.text.substr(std::min(dots + 2, word.text.size()));
    const auto minimum = least.empty() ? 0 : number_of<std::uint32_t>(least);
    const auto maximum = most.empty() ? UINT32_MAX : number_of<std::uint32_t>(most);
    const bool is_range = dots < word.text.size() && word.text.size() > 2 && minimum && maximum;
    if (!is_range || *minimum > *maximum) {
      words_.refuse(word.position, quoted(word) + " is no range of lengths, MIN..MAX");
    }
    rule_.min_length = *minimum;
    rule_.max_length = *maximum;
  }

  /// Returns the word behind them.
  Word parse_changes(Word word) {
    for (;;) {
      if (word.text == "set") {
        parse_setting();
      } else if (word.text == "delay") {
        parse_delay(word);
      } else {
        words_.refuse(word.position, "set or delay is missing behind the semicolon");
      }
      try {
        check_rule(rule_);
      } catch (const Error& error) {
        words_.refuse(word.position, error.what());
      }
      const Word behind = words_.next();
      if (behind.text != ";") return behind;
      word = words_.next();
    }
  }

  void parse_setting() {
    const Word what = words_.next();
    if (what.text == "ttl") {
      rule_.changes.emplace_back(SetTtl{value_of<std::uint8_t>("a time to live, 0 to 255")});
    } else if (what.text == "dport") {
      rule_.changes.emplace_back(SetDestinationPort{value_of<std::uint16_t>("a port")});
    } else if (what.text == "dst") {
      const Word value = words_.next_address();
      const auto address = parse_ip(value.text);
      if (!address) words_.refuse(value.position, quoted(value) + " is not an IP address");
      rule_.changes.emplace_back(SetDestination{*address});
    } else {
      words_.refuse(what.position, quoted(what) + " cannot be set: ttl, dport or dst");
    }
  }

  template <class Number>
  Number value_of(const char* what) {
    const Word value = words_.next();
    const auto number = number_of<Number>(value.text);
    if (!number) words_.refuse(value.position, quoted(value) + " is not " + what);
    return *number;
  }

  void parse_delay(const Word& word) {
    once(delay_is_told_, word);
    const Word value = words_.next();
    try {
      rule_.delay = parse_duration(value.text);
    } catch (const Error& error) {
      words_.refuse(value.position, error.what());
    }
  }

  void parse_filter() {
    const Word filter = words_.rest();
    if (filter.text.empty()) words_.refuse(filter.position, "no filter behind the colon");
    rule_.filter = filter.text;
    try {
      check_filter(rule_.filter);
    } catch (const FilterError& error) {
      throw FilterError{error.code(), std::string{text_}, error.what(),
                        filter.position + error.position().value_or(0)};
    }
    if (rule_.action == Action::drop && has_loop(filter::Filter{rule_.filter})) {
      words_.refuse(filter.position, loop_in_drop);
    }
  }

  std::string_view text_;
  RuleWords words_;
  Rule rule_{};
  bool direction_is_told_ = false;
  bool adapter_is_told_ = false;
  bool length_is_told_ = false;
  bool changes_are_told_ = false;
  bool delay_is_told_ = false;
};

}  // namespace

Rule parse_rule(std::string_view text) { return Parser{text}.parse(); }

}  // namespace weir::gate
