// What the printers of packet text share: the line being written and checked reads from the packet.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "weir/address.h"
#include "weir/bytes.h"

namespace weir::print {

/// The line under construction. A read beyond the captured bytes cuts it: whatever is put after
/// that does not appear, and the mark `[|protocol]` of the protocol being read ends it. So printers
/// read and put in order, and need no branch per field.
class Line {
 public:
  explicit Line(std::string& out) noexcept : out_{out} {}

  void put(std::string_view text) { out_.append(text); }
  void put(char c) { out_.push_back(c); }

  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
  }
  void put_decimal(std::uint64_t value) {
    const fmt::format_int digits{value};
    out_.append(digits.data(), digits.size());
  }

  template <class Address>
    requires requires(char* to, const Address& address) { write_text(to, address); }
  void put(const Address& address) {
    char text[max_address_text];  // NOLINT(modernize-avoid-c-arrays)
    out_.append(text, static_cast<std::size_t>(write_text(text, address) - text));
  }

  /// One character of text from the wire: itself, or ^X, M-X as cat -v shows it.
  void put_escaped(std::uint8_t byte) {
    if (byte >= 0x80) {
      put("M-");
      byte &= 0x7f;
    }
    if (byte < 0x20 || byte == 0x7f) {
      put('^');
      byte ^= 0x40;
    }
    put(static_cast<char>(byte));
  }

  /// The protocol being printed, for the mark. Names are literals.
  void reading(const char* protocol) noexcept { protocol_ = protocol; }

  /// Ends the line here, with the mark.
  void cut() noexcept {
    if (cut_) return;
    cut_ = true;
    cut_at_ = out_.size();
    cut_protocol_ = protocol_;
  }
  /// Takes back what was put from `position` on, if the line has been cut since.
  void take_back(std::size_t position) noexcept {
    if (cut_) cut_at_ = std::min(cut_at_, position);
  }
  [[nodiscard]] bool is_cut() const noexcept { return cut_; }

  /// Puts the mark in place of what came after the cut.
  void finish() {
    if (!cut_) return;
    assert(cut_at_ <= out_.size());
    out_.resize(std::min(cut_at_, out_.size()));
    put(" [|");
    put(cut_protocol_);
    put(']');
    cut_ = false;
  }

  [[nodiscard]] std::string& out() noexcept { return out_; }

 private:
  std::string& out_;
  const char* protocol_ = "";
  const char* cut_protocol_ = "";
  std::size_t cut_at_ = 0;
  bool cut_ = false;
};

/// Bytes of a packet from some header on. Reads past the captured bytes give 0 and cut the line.
class Header {
 public:
  Header(Line& line, Bytes captured, std::size_t length) noexcept
      : line_{&line}, captured_{captured}, length_{length} {}

  /// Bytes on the wire, as the enclosing headers claim.
  [[nodiscard]] std::size_t length() const noexcept { return length_; }
  [[nodiscard]] Bytes captured() const noexcept { return captured_; }
  /// Whether `size` bytes at `offset` were captured; cuts nothing.
  [[nodiscard]] bool holds(std::size_t offset, std::size_t size) const noexcept {
    return offset <= captured_.size() && size <= captured_.size() - offset;
  }
  /// The same, and cuts the line if not.
  [[nodiscard]] bool need(std::size_t offset, std::size_t size) const noexcept {
    if (holds(offset, size)) return true;
    line_->cut();
    return false;
  }

  [[nodiscard]] std::uint8_t u8(std::size_t offset) const noexcept {
    return need(offset, 1) ? captured_[offset] : std::uint8_t{0};
  }
  [[nodiscard]] std::uint16_t u16(std::size_t offset) const noexcept {
    return read<std::uint16_t>(offset);
  }
  [[nodiscard]] std::uint32_t u24(std::size_t offset) const noexcept {
    if (!need(offset, 3)) return 0;
    return static_cast<std::uint32_t>(captured_[offset] << 16 | captured_[offset + 1] << 8 |
                                      captured_[offset + 2]);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t offset) const noexcept {
    return read<std::uint32_t>(offset);
  }
  [[nodiscard]] std::uint64_t u64(std::size_t offset) const noexcept {
    return read<std::uint64_t>(offset);
  }
  [[nodiscard]] MacAddress mac(std::size_t offset) const noexcept {
    return address<MacAddress>(offset);
  }
  [[nodiscard]] Ipv4Address v4(std::size_t offset) const noexcept {
    return address<Ipv4Address>(offset);
  }
  [[nodiscard]] Ipv6Address v6(std::size_t offset) const noexcept {
    return address<Ipv6Address>(offset);
  }

  /// What follows `offset`; empty if it lies beyond.
  [[nodiscard]] Header from(std::size_t offset) const noexcept {
    return {*line_, captured_.subspan(std::min(offset, captured_.size())),
            length_ - std::min(offset, length_)};
  }
  /// At most `length` bytes of this, on the wire and captured.
  [[nodiscard]] Header first(std::size_t length) const noexcept {
    return {*line_, captured_.first(std::min(length, captured_.size())), std::min(length, length_)};
  }
  /// This with another claimed length; what was captured beyond it is dropped.
  [[nodiscard]] Header claiming(std::size_t length) const noexcept {
    return {*line_, captured_.first(std::min(length, captured_.size())), length};
  }

 private:
  template <class T>
  [[nodiscard]] T read(std::size_t offset) const noexcept {
    return need(offset, sizeof(T)) ? load_be<T>(captured_.data() + offset) : T{0};
  }
  template <class T>
  [[nodiscard]] T address(std::size_t offset) const noexcept {
    return need(offset, T::size) ? T::load(captured_.data() + offset) : T{};
  }

  Line* line_;
  Bytes captured_;
  std::size_t length_;
};

/// A name for a number; tables are sorted by nothing and short.
struct Name {
  std::uint32_t number;
  std::string_view text;
};

/// Empty if the table has no such number.
template <class Table>
[[nodiscard]] std::string_view name_in(const Table& table, std::uint32_t number) noexcept {
  for (const Name& name : table) {
    if (name.number == number) return name.text;
  }
  return {};
}

/// Puts the names of the bits set, with `separator` between; `none` if no named bit is.
template <class Table>
void put_bits(Line& line, const Table& table, std::uint32_t bits, std::string_view none,
              std::string_view separator) {
  bool any = false;
  for (const Name& name : table) {
    if ((bits & name.number) != name.number) continue;
    if (any) line.put(separator);
    line.put(name.text);
    any = true;
  }
  if (!any) line.put(none);
}

}  // namespace weir::print
