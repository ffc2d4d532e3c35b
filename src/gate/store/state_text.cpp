// Lines, their format and their checksum.
#include "gate/store/state_text.h"

#include <array>
#include <charconv>
#include <utility>

#include "weir/error.h"
#include "wire/crc32.h"

namespace weir::gate {
namespace {

constexpr int current_format = 1;
constexpr std::string_view format_name = "format";
constexpr std::string_view checksum_name = "checksum";

std::string line_of(std::string_view name, std::string_view value) {
  std::string line{name};
  line += ": ";
  line += value;
  line += '\n';
  return line;
}

std::string checksum_line(std::string_view text) {
  wire::EthernetCrc sum;
  sum.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::array<char, 8> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = "0123456789abcdef"[sum.value() >> (28 - 4 * i) & 0xf];
  }
  return line_of(checksum_name, {digits.data(), digits.size()});
}

std::string format_words(std::string_view kind) { return "weir " + std::string{kind} + ' '; }

/// As it is written, in no other way: without zeros before it.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  std::from_chars(text.begin(), text.end(), number);
  if (std::to_string(number) != text) return std::nullopt;
  return number;
}

}  // namespace

bool is_line(std::string_view value) noexcept {
  constexpr std::string_view breaks{"\n\0", 2};
  return value.find_first_of(breaks) == std::string_view::npos;
}

StateTextWriter::StateTextWriter(std::string_view kind)
    : text_{line_of(format_name, format_words(kind) + std::to_string(current_format))} {}

void StateTextWriter::add(std::string_view name, std::string_view value) {
  text_ += line_of(name, value);
}

std::string StateTextWriter::take() {
  text_ += checksum_line(text_);
  return std::exchange(text_, {});
}

StateTextReader::StateTextReader(std::string_view text, std::string_view kind, std::string path)
    : text_{text}, path_{std::move(path)} {
  check_format(kind);
  const std::size_t length = checksum_line({}).size();
  if (text.size() > max_state_text || text.size() < length) fail();
  text_ = text.substr(0, text.size() - length);
  if (text.substr(text_.size()) == checksum_line(text_)) return;
  line_ = text_.size();
  fail();
}

void StateTextReader::check_format(std::string_view kind) {
  std::string_view words = expect(format_name);
  const std::string expected = format_words(kind);
  if (!words.starts_with(expected)) fail();
  words.remove_prefix(expected.size());
  const auto format = number_of<int>(words);
  if (!format || *format < 1) fail();
  if (*format == current_format) return;
  throw FormatError{ErrorCode::unsupported_format, 0,
                    path_ + ": format " + std::to_string(*format) + " of another version of weir"};
}

std::optional<std::string_view> StateTextReader::next(std::string_view name) {
  const std::string_view rest = text_.substr(next_);
  const std::size_t end = rest.find('\n');
  constexpr std::string_view colon = ": ";
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos || !line.starts_with(name) ||
      !line.substr(name.size()).starts_with(colon)) {
    return std::nullopt;
  }
  line_ = next_;
  next_ += end + 1;
  return line.substr(name.size() + colon.size());
}

std::string_view StateTextReader::expect(std::string_view name) {
  const std::optional<std::string_view> value = next(name);
  if (!value) {
    line_ = next_;
    fail();
  }
  return *value;
}

bool StateTextReader::expect_bool(std::string_view name) {
  const std::string_view value = expect(name);
  if (value != "yes" && value != "no") fail();
  return value == "yes";
}

template <class Number>
Number StateTextReader::expect_number(std::string_view name) {
  const auto number = number_of<Number>(expect(name));
  if (!number) fail();
  return *number;
}
template std::int32_t StateTextReader::expect_number(std::string_view);
template std::uint64_t StateTextReader::expect_number(std::string_view);

void StateTextReader::expect_end() const {
  if (next_ != text_.size()) fail();
}

void StateTextReader::fail() const {
  throw FormatError{
      ErrorCode::damaged, line_,
      path_ + ": damaged at byte " + std::to_string(line_) + ": install the driver again"};
}

}  // namespace weir::gate
