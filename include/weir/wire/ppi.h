// Per-Packet Information (LINKTYPE_PPI, CACE Technologies 1.0.10): facts before a packet.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/next_dlt.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A PPI header with its fields; little-endian throughout.
class PpiView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ppi};
  static constexpr std::size_t min_header_length = 8;
  static constexpr std::uint16_t field_802_11_common = 2;

  [[nodiscard]] static std::expected<PpiView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const PpiView header{bytes};
    if (header.version() != 0) return std::unexpected{ParseError::bad_version};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0]; }
  [[nodiscard]] std::uint8_t flags() const noexcept { return bytes_[1]; }
  /// Whether each field starts at a multiple of four bytes.
  [[nodiscard]] bool aligned() const noexcept { return (flags() & 1) != 0; }
  /// The DLT_ number of what follows.
  [[nodiscard]] std::uint32_t dlt() const noexcept { return field_le<std::uint32_t>(4); }
  /// The fields, each a type, a length (16 bits both) and as many bytes.
  [[nodiscard]] Bytes fields() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }
  /// Whether an 802.11-Common field says that payload() ends with a frame check sequence.
  [[nodiscard]] bool fcs_at_end() const noexcept {
    constexpr std::size_t flags_end = 14;
    for (Bytes rest = fields(); rest.size() >= 4;) {
      const std::size_t length = load_le<std::uint16_t>(rest.data() + 2);
      if (load_le<std::uint16_t>(rest.data()) == field_802_11_common) {
        return length >= flags_end - 4 && rest.size() >= flags_end &&
               (load_le<std::uint16_t>(rest.data() + 12) & 1) != 0;
      }
      const std::size_t step = 4 + (aligned() ? (length + 3) & ~std::size_t{3} : length);
      if (step > rest.size()) return false;
      rest = rest.subspan(step);
    }
    return false;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return field_le<std::uint16_t>(2); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a PPI header of.
struct PpiFields {
  std::uint8_t flags = 0;
  /// Left open: the header's own.
  std::optional<std::uint16_t> length{};
  /// Left open: what follows, or Ethernet's (1).
  std::optional<std::uint32_t> dlt{};
  /// Borrowed; at most 65,527 bytes.
  Bytes fields{};

  [[nodiscard]] static PpiFields of(const PpiView& header) noexcept {
    return {.flags = header.flags(),
            .length = static_cast<std::uint16_t>(header.header_length()),
            .dlt = header.dlt(),
            .fields = header.fields()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.link_type = 192}; }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!dlt) dlt = next_dlt(next);
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return PpiView::min_header_length + fields.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 0xffff) return std::unexpected{WriteError::too_long};
    to[0] = 0;
    to[1] = flags;
    store_le(to.data() + 2, length.value_or(static_cast<std::uint16_t>(header_length())));
    store_le(to.data() + 4, dlt.value_or(1));
    store_bytes(to.data() + PpiView::min_header_length, fields);
    return header_length();
  }
};

}  // namespace weir::wire
