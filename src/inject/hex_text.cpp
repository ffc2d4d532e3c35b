// Reads dumps and lines of digits.
#include "weir/inject/hex_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::inject {
namespace {

constexpr std::size_t shortest_offset = 3;
constexpr std::size_t longest_offset = 8;
/// Blanks before what a dump shows as text; without a colon behind the offset two may also stand
/// behind the first eight bytes of a line, as hexdump -C has them.
constexpr std::size_t text_gap = 2;
constexpr std::size_t bytes_before_gap = 8;
/// Lines that a dump leaves out as equal make no frame longer than any adapter takes, and so many
/// bytes in all: a text is not to take far more memory than it has bytes.
constexpr std::size_t longest_repeated = std::size_t{128} << 10;
constexpr std::size_t most_repeated = std::size_t{16} << 20;

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

/// A line of a dump.
struct DumpLine {
  std::size_t offset = 0;
  /// Behind the offset; empty in the last line of some dumps.
  std::string_view bytes{};
  std::size_t offset_digits = 0;
  bool has_colon = false;
  /// What stands first looks like an offset, and not like the bytes behind it.
  bool is_told = false;
};

std::size_t digits_before(std::string_view rest) noexcept { return take_digits(rest).size(); }

std::optional<DumpLine> dump_line(std::string_view line) noexcept {
  take_blanks(line);
  const bool is_prefixed = line.starts_with("0x");
  if (is_prefixed) line.remove_prefix(2);
  const std::string_view digits = take_digits(line);
  if (digits.size() < shortest_offset || digits.size() > longest_offset) return std::nullopt;
  DumpLine found{.offset_digits = digits.size(), .has_colon = line.starts_with(':')};
  if (found.has_colon) line.remove_prefix(1);
  if (!line.empty() && !is_blank(line.front())) return std::nullopt;
  take_blanks(line);
  const std::size_t group = digits_before(line);
  if (!line.empty() && group < 2) return std::nullopt;
  for (const char c : digits) found.offset = found.offset * 16 + digit_of(c);
  found.bytes = line;
  found.is_told = found.has_colon || is_prefixed || group != digits.size();
  return found;
}

/// Of hexdump and od without options; other dumps have offsets of four or eight digits, or a colon.
bool has_words(const DumpLine& line) noexcept {
  return !line.has_colon && (line.offset_digits == 6 || line.offset_digits == 7) &&
         digits_before(line.bytes) == 4;
}

void append(std::vector<std::uint8_t>& bytes, std::string_view digits) {
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    bytes.push_back(static_cast<std::uint8_t>(digit_of(digits[0]) * 16 + digit_of(digits[1])));
  }
}

/// The bytes of a dump's line, up to what it shows as text.
void append_line(std::vector<std::uint8_t>& bytes, const DumpLine& line) {
  const std::size_t begin = bytes.size();
  for (std::string_view rest = line.bytes;;) {
    const std::string_view digits = take_digits(rest);
    const bool is_text = !rest.empty() && !is_blank(rest.front());
    if (digits.empty() || digits.size() % 2 != 0 || is_text) return;
    append(bytes, digits);
    const std::size_t gap = take_blanks(rest);
    const bool is_half = !line.has_colon && bytes.size() - begin == bytes_before_gap;
    if (gap >= text_gap + (is_half ? 1 : 0)) return;
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

/// Where no first line tells its offset from bytes the second one does.
bool is_dump(std::string_view text) {
  bool found = false;
  std::optional<std::size_t> next;
  walk(text, [&](std::string_view line, std::size_t, std::size_t) {
    const auto as_dump = dump_line(line);
    if (!as_dump || as_dump->bytes.empty()) return true;
    found = as_dump->offset == next || (as_dump->offset == 0 && as_dump->is_told);
    std::vector<std::uint8_t> bytes;
    append_line(bytes, *as_dump);
    next = as_dump->offset == 0 ? std::optional{bytes.size()} : std::nullopt;
    return !found;
  });
  return found;
}

/// Of tshark, before bytes that it has put together: "Reassembled TCP (1560 bytes):". The frame
/// itself has a line like that where such bytes follow.
bool heads_no_frame(std::string_view line) noexcept {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line.ends_with(" bytes):") && !line.starts_with("Frame (");
}

bool leaves_out_equal_lines(std::string_view line) noexcept {
  take_blanks(line);
  if (!line.starts_with('*')) return false;
  line.remove_prefix(1);
  take_blanks(line);
  return line.empty();
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
  std::size_t row = 0;  // where the last line begins
  std::size_t repeatable = most_repeated;
  bool is_repeated = false;
  bool is_headed = false;
  bool is_frame = true;
  walk(text, [&](std::string_view line, std::size_t number, std::size_t at) {
    const auto refuse = [&](const std::string& why) {
      trouble_ = {number, at, fmt::format("line {}: {}", number, why)};
      return false;
    };
    is_repeated |= leaves_out_equal_lines(line);
    const auto found = dump_line(line);
    if (!found) {
      is_headed |= heads_no_frame(line);
      return true;
    }
    const std::size_t offset = found->offset;
    if (offset == 0 && !found->bytes.empty()) {
      end_frame();
      row = 0;
      is_frame = !std::exchange(is_headed, false);
    }
    if (!is_frame) return true;
    if (std::exchange(is_repeated, false) && offset <= std::min(longest_repeated, repeatable)) {
      repeatable -= offset;
      repeat(row, offset);
    }
    if (found->bytes.empty()) {
      // The end of the frame: what looked like bytes behind it was text.
      if (offset > row && offset < frame_size()) shorten(offset);
      return true;
    }
    if (offset > frame_size()) {
      return refuse(
          fmt::format("it begins at byte {:#x} of a frame, of which {:#x} bytes came before",
                      offset, frame_size()));
    }
    if (has_words(*found)) {
      return refuse("words, whose bytes may be in either order; hexdump -C and od -tx1 show bytes");
    }
    shorten(offset);
    row = offset;
    append_line(bytes_, *found);
    return true;
  });
  if (!trouble_) end_frame();
}

void HexText::shorten(std::size_t size) { bytes_.resize(bytes_.size() - (frame_size() - size)); }

void HexText::repeat(std::size_t row, std::size_t end) {
  const std::size_t width = frame_size() - row;
  if (width == 0) return;
  while (frame_size() < end) bytes_.push_back(bytes_[bytes_.size() - width]);
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
