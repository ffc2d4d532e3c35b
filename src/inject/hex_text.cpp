// Reads dumps and lines of digits.
#include "weir/inject/hex_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::inject {
namespace {

constexpr std::size_t bytes_of_line = 16;
constexpr std::size_t shortest_offset = 3;
constexpr std::size_t longest_offset = 8;
/// So many blanks stand before what a dump shows as text.
constexpr std::size_t wide_gap = 3;

/// 16 for what is no digit.
unsigned digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

std::size_t take_blanks(std::string_view& line) noexcept {
  std::size_t blanks = 0;
  while (blanks < line.size() && is_blank(line[blanks])) ++blanks;
  line.remove_prefix(blanks);
  return blanks;
}

std::string_view take_digits(std::string_view& line) noexcept {
  std::size_t digits = 0;
  while (digits < line.size() && digit_of(line[digits]) < 16) ++digits;
  const std::string_view taken = line.substr(0, digits);
  line.remove_prefix(digits);
  return taken;
}

/// The offset that a line of a dump begins with; `line` is what follows it then.
std::optional<std::size_t> take_offset(std::string_view& line) noexcept {
  std::string_view rest = line;
  take_blanks(rest);
  if (rest.starts_with("0x")) rest.remove_prefix(2);
  const std::string_view digits = take_digits(rest);
  if (digits.size() < shortest_offset || digits.size() > longest_offset) return std::nullopt;
  if (rest.starts_with(':')) rest.remove_prefix(1);
  if (rest.empty() || !is_blank(rest.front())) return std::nullopt;
  take_blanks(rest);
  if (rest.size() < 2 || digit_of(rest[0]) > 15 || digit_of(rest[1]) > 15) return std::nullopt;
  std::size_t offset = 0;
  for (const char c : digits) offset = offset * 16 + digit_of(c);
  line = rest;
  return offset;
}

void append(std::vector<std::uint8_t>& bytes, std::string_view digits) {
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    bytes.push_back(static_cast<std::uint8_t>(digit_of(digits[0]) * 16 + digit_of(digits[1])));
  }
}

/// The bytes of a dump's line, up to what it shows as text.
void append_line(std::vector<std::uint8_t>& bytes, std::string_view line) {
  const std::size_t end = bytes.size() + bytes_of_line;
  while (bytes.size() < end) {
    const std::string_view digits = take_digits(line);
    const bool is_text = !line.empty() && !is_blank(line.front());
    if (digits.empty() || digits.size() % 2 != 0 || is_text) return;
    append(bytes, digits.substr(0, 2 * (end - bytes.size())));
    if (take_blanks(line) >= wide_gap) return;
  }
}

/// Calls `take` with each line, its number from 1 and where it begins, until that is false.
template <class Take>
void walk(std::string_view text, Take take) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (!take(text.substr(at, end - at), ++number, at)) return;
    at = end + 1;
  }
}

bool is_dump(std::string_view text) {
  bool found = false;
  walk(text, [&](std::string_view line, std::size_t, std::size_t) {
    found = take_offset(line) == 0;
    return !found;
  });
  return found;
}

}  // namespace

HexText::HexText(std::string_view text) {
  if (is_dump(text)) {
    read_dump(text);
  } else {
    read_lines(text);
  }
  if (trouble_) bytes_.resize(ends_.empty() ? 0 : ends_.back());
}

std::size_t HexText::frame_size() const noexcept {
  return bytes_.size() - (ends_.empty() ? 0 : ends_.back());
}

void HexText::end_frame() {
  if (frame_size() != 0) ends_.push_back(bytes_.size());
}

void HexText::read_dump(std::string_view text) {
  walk(text, [&](std::string_view line, std::size_t number, std::size_t at) {
    const auto offset = take_offset(line);
    if (!offset) return true;
    if (*offset == 0) end_frame();
    if (*offset > frame_size()) {
      trouble_ = {number, at,
                  fmt::format("line {}: it begins at byte {:#x} of a frame, of which {:#x} bytes "
                              "came before",
                              number, *offset, frame_size())};
      return false;
    }
    // What looked like bytes on the line before was text.
    bytes_.resize(bytes_.size() - (frame_size() - *offset));
    append_line(bytes_, line);
    return true;
  });
  if (!trouble_) end_frame();
}

void HexText::read_lines(std::string_view text) {
  walk(text, [&](std::string_view line, std::size_t number, std::size_t at) {
    take_blanks(line);
    if (line.empty() || line.front() == '#') return true;
    const auto refuse = [&](const char* why) {
      trouble_ = {number, at, fmt::format("line {}: {}", number, why)};
      return false;
    };
    while (!line.empty()) {
      if (line.starts_with("0x") || line.starts_with("0X")) line.remove_prefix(2);
      const std::string_view digits = take_digits(line);
      if (digits.empty()) return refuse("no frame in hexadecimal digits");
      if (digits.size() % 2 != 0) return refuse("an odd number of hexadecimal digits");
      append(bytes_, digits);
      const bool is_separated = !line.empty() && std::string_view{":-,"}.contains(line.front());
      if (is_separated) line.remove_prefix(1);
      take_blanks(line);
    }
    end_frame();
    return true;
  });
}

std::vector<Packet> HexText::packets(LinkType link_type) const {
  std::vector<Packet> packets;
  packets.reserve(ends_.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    packets.push_back({.data = Bytes{bytes_}.subspan(begin, end - begin),
                       .wire_length = static_cast<std::uint32_t>(end - begin),
                       .link_type = link_type,
                       .flags = PacketFlags::no_timestamp});
    begin = end;
  }
  return packets;
}

}  // namespace weir::inject
