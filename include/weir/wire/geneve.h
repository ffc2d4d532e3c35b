// Geneve (RFC 8926, UDP port 6081).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
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
  /// Bytes; the field times four.
  [[nodiscard]] std::size_t options_length() const noexcept {
    return 4 * std::size_t{bytes_[0] & 0x3fU};
  }
  [[nodiscard]] bool is_control() const noexcept { return (bytes_[1] & 0x80) != 0; }
  [[nodiscard]] bool has_critical_options() const noexcept { return (bytes_[1] & 0x40) != 0; }
  /// The six bits behind it.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return bytes_[1] & 0x3f; }
  /// An EtherType.
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(2); }
  /// 24 bits.
  [[nodiscard]] std::uint32_t identifier() const noexcept { return field<std::uint32_t>(4) >> 8; }
  /// The byte behind it.
  [[nodiscard]] std::uint8_t last_reserved() const noexcept { return bytes_[7]; }
  /// A multiple of four bytes. Each option: class (16 bits), type (8), length of its data in units
  /// of four bytes (low five bits of 8), data.
  [[nodiscard]] Bytes options() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return min_header_length + options_length();
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a Geneve header of.
struct GeneveFields {
  /// At most 3.
  std::uint8_t version = 0;
  /// Bytes, a multiple of four, at most 252. Left open: of the options.
  std::optional<std::size_t> options_length{};
  bool is_control = false;
  bool has_critical_options = false;
  /// The six bits behind it.
  std::uint8_t reserved = 0;
  /// An EtherType. Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};
  /// 24 bits.
  std::uint32_t identifier = 0;
  /// The byte behind it.
  std::uint8_t last_reserved = 0;
  /// Borrowed; whole options, at most 252 bytes.
  Bytes options{};

  [[nodiscard]] static GeneveFields of(const GeneveView& header) noexcept {
    return {.version = header.version(),
            .options_length = header.options_length(),
            .is_control = header.is_control(),
            .has_critical_options = header.has_critical_options(),
            .reserved = header.reserved(),
            .protocol = header.protocol(),
            .identifier = header.identifier(),
            .last_reserved = header.last_reserved(),
            .options = header.options()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = 6081}; }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!protocol) protocol = next.ether_type;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return GeneveView::min_header_length + options.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    constexpr std::size_t longest = 252;
    if (options.size() > longest) return std::unexpected{WriteError::too_long};
    const std::size_t counted = options_length.value_or(options.size());
    const bool fits = version <= 3 && counted <= longest && counted % 4 == 0 && reserved <= 0x3f &&
                      identifier <= 0xffffff && options.size() % 4 == 0;
    if (!fits) return std::unexpected{WriteError::bad_value};
    to[0] = static_cast<std::uint8_t>(std::size_t{version} << 6 | counted / 4);
    to[1] = static_cast<std::uint8_t>((is_control ? 0x80 : 0) | (has_critical_options ? 0x40 : 0) |
                                      reserved);
    store_be(to.data() + 2, protocol.value_or(0));
    store_be(to.data() + 4, identifier << 8 | last_reserved);
    store_bytes(to.data() + GeneveView::min_header_length, options);
    return header_length();
  }
};

}  // namespace weir::wire
