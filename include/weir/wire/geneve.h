// Geneve (RFC 8926, UDP port 6081).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A Geneve header with its options.
class GeneveView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::geneve};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<GeneveView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const GeneveView header{bytes};
    if (header.version() != 0) return std::unexpected{ParseError::bad_version};
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    // RFC 8926 3.5: the options fill the length exactly.
    Bytes rest = header.options();
    while (!rest.empty()) {
      const std::size_t option = 4 + 4 * std::size_t{rest[3] & 0x1fU};
      if (option > rest.size()) return std::unexpected{ParseError::bad_header_length};
      rest = rest.subspan(option);
    }
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 6; }
  [[nodiscard]] bool is_control() const noexcept { return (bytes_[1] & 0x80) != 0; }
  [[nodiscard]] bool has_critical_options() const noexcept { return (bytes_[1] & 0x40) != 0; }
  /// An EtherType.
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(2); }
  /// 24 bits.
  [[nodiscard]] std::uint32_t identifier() const noexcept { return field<std::uint32_t>(4) >> 8; }
  /// A multiple of four bytes. Each option: class (16 bits), type (8), length of its data in units
  /// of four bytes (low five bits of 8), data.
  [[nodiscard]] Bytes options() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return min_header_length + 4 * std::size_t{bytes_[0] & 0x3fU};
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a Geneve header of.
struct GeneveFields {
  bool is_control = false;
  bool has_critical_options = false;
  std::uint16_t protocol = 0;
  std::uint32_t identifier = 0;
  /// Borrowed; whole options, at most 252 bytes.
  Bytes options{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = GeneveView::min_header_length + options.size();
    if (to.size() < length || options.size() > 252 || options.size() % 4 != 0) return 0;
    to[0] = static_cast<std::uint8_t>(options.size() / 4);
    to[1] = static_cast<std::uint8_t>((is_control ? 0x80 : 0) | (has_critical_options ? 0x40 : 0));
    store_be(to.data() + 2, protocol);
    store_be(to.data() + 4, identifier << 8);
    store_bytes(to.data() + GeneveView::min_header_length, options);
    return length;
  }
};

}  // namespace weir::wire
