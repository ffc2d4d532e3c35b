// The Prism monitoring header (LINKTYPE_IEEE802_11_PRISM) before an 802.11 frame.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A Prism header, in the byte order of the host that recorded it: the message code tells which.
/// Files of this link type may hold AVS headers instead; those are refused with bad_version.
class PrismView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::prism};
  static constexpr std::size_t min_header_length = 24;
  static constexpr std::uint32_t received = 0x44;
  static constexpr std::uint32_t transmitted = 0x41;

  [[nodiscard]] static std::expected<PrismView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const PrismView header{bytes};
    if (!is_code(header.message_code())) return std::unexpected{ParseError::bad_version};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] bool is_big_endian() const noexcept { return is_code(field<std::uint32_t>(0)); }
  /// received or transmitted.
  [[nodiscard]] std::uint32_t message_code() const noexcept { return number(0); }
  [[nodiscard]] std::uint32_t message_length() const noexcept { return number(4); }
  /// 16 bytes, filled up with zeros.
  [[nodiscard]] Bytes device_name() const noexcept { return bytes_.subspan(8, 16); }
  /// What the message holds behind that, in either order.
  [[nodiscard]] Bytes items() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return message_length(); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;

  [[nodiscard]] static bool is_code(std::uint32_t code) noexcept {
    return code == received || code == transmitted;
  }
  [[nodiscard]] std::uint32_t number(std::size_t offset) const noexcept {
    return is_big_endian() ? field<std::uint32_t>(offset) : field_le<std::uint32_t>(offset);
  }
};

/// What write() makes a Prism header of.
struct PrismFields {
  bool is_big_endian = false;
  /// received or transmitted.
  std::uint32_t message_code = PrismView::received;
  /// Left open: the header's own.
  std::optional<std::uint32_t> message_length{};
  std::array<std::uint8_t, 16> device_name{};
  /// Borrowed; as they are to stand.
  Bytes items{};

  [[nodiscard]] static PrismFields of(const PrismView& header) noexcept {
    PrismFields fields{.is_big_endian = header.is_big_endian(),
                       .message_code = header.message_code(),
                       .message_length = header.message_length(),
                       .items = header.items()};
    store_bytes(fields.device_name.data(), header.device_name());
    return fields;
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.link_type = 119}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return PrismView::min_header_length + items.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 0xffffffff) return std::unexpected{WriteError::too_long};
    const std::uint32_t length =
        message_length.value_or(static_cast<std::uint32_t>(header_length()));
    if (is_big_endian) {
      store_be(to.data(), message_code);
      store_be(to.data() + 4, length);
    } else {
      store_le(to.data(), message_code);
      store_le(to.data() + 4, length);
    }
    store_bytes(to.data() + 8, device_name);
    store_bytes(to.data() + PrismView::min_header_length, items);
    return header_length();
  }
};

}  // namespace weir::wire
