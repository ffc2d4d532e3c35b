// Decoders from text: the words of tshark's -d.
#include <charconv>
#include <limits>
#include <string>
#include <utility>

#include "weir/error.h"
#include "weir/nearest.h"
#include "weir/wire/decoders.h"

namespace weir::wire {
namespace {

[[noreturn]] void refuse(std::string_view assignment, const std::string& why) {
  throw Error{ErrorCode::invalid_argument, "\"" + std::string{assignment} + "\": " + why};
}

/// "; did you mean vxlan?" or, where nothing is near, "; known are eth, llc, ...".
std::string known(const std::string& word, const std::vector<std::string>& all) {
  const std::string near = nearest(word, all);
  if (!near.empty()) return did_you_mean(near);
  std::string list = "; known are";
  for (const std::string& one : all) list += (&one == &all.front() ? " " : ", ") + one;
  return list;
}

NumberSpace space_of(std::string_view word, std::string_view assignment) {
  if (const auto space = number_space_by_name(word)) return *space;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < number_space_count; ++i) {
    all.emplace_back(name(static_cast<NumberSpace>(i)));
  }
  refuse(assignment,
         "no numbers are called \"" + std::string{word} + "\"" + known(std::string{word}, all));
}

std::uint16_t number_of(std::string_view word, NumberSpace space, std::string_view assignment) {
  const bool is_hex = word.starts_with("0x") || word.starts_with("0X");
  const std::string_view digits = is_hex ? word.substr(2) : word;
  const unsigned most = space == NumberSpace::ip_protocol
                            ? std::numeric_limits<std::uint8_t>::max()
                            : std::numeric_limits<std::uint16_t>::max();
  unsigned number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size() || number > most) {
    refuse(assignment, "\"" + std::string{word} + "\" is no number from 0 to " +
                           std::to_string(most) + ", as 4790 or 0x12b6");
  }
  return static_cast<std::uint16_t>(number);
}

struct Range {
  std::uint16_t first;
  std::uint16_t last;
};

/// "4790", "8000-8003", "8000:4".
Range range_of(std::string_view text, NumberSpace space, std::string_view assignment) {
  const std::size_t mark = text.find_first_of("-:");
  const std::uint16_t first = number_of(text.substr(0, mark), space, assignment);
  if (mark == std::string_view::npos) return {first, first};
  const std::uint16_t second = number_of(text.substr(mark + 1), space, assignment);
  if (text[mark] == '-') {
    if (second < first) refuse(assignment, "the range ends before it begins");
    return {first, second};
  }
  if (second == 0) refuse(assignment, "a range of no numbers");
  return {first, number_of(std::to_string(first + second - 1), space, assignment)};
}

std::optional<Protocol> target_of(std::string_view word, const Decoders& decoders,
                                  std::string_view assignment) {
  if (word == "none" || word == "data") return std::nullopt;
  if (const auto protocol = decoders.protocol_by_name(word)) return protocol;
  std::vector<std::string> all{protocol_names.begin(), protocol_names.end()};
  for (std::size_t i = 0; i < decoders.user_count(); ++i) {
    all.emplace_back(decoders.name(user_protocol(i)));
  }
  all.emplace_back("none");
  refuse(assignment,
         "there is no protocol \"" + std::string{word} + "\"" + known(std::string{word}, all));
}

}  // namespace

Decoders Decoders::parse(std::string_view assignment) {
  Decoders decoders;
  decoders.assign(assignment);
  return decoders;
}

void Decoders::assign(std::string_view assignment) {
  constexpr std::string_view equals = "==";
  const std::size_t middle = assignment.find(equals);
  const std::size_t comma = assignment.find(',', middle == std::string_view::npos ? 0 : middle);
  if (middle == std::string_view::npos || comma == std::string_view::npos) {
    refuse(assignment, "write it as udp.port==4790,vxlan");
  }
  const NumberSpace space = space_of(assignment.substr(0, middle), assignment);
  const std::size_t numbers = middle + equals.size();
  const Range range = range_of(assignment.substr(numbers, comma - numbers), space, assignment);
  const auto protocol = target_of(assignment.substr(comma + 1), *this, assignment);
  assign(space, range.first, range.last, protocol);
}

}  // namespace weir::wire
