// The Prism monitoring header (LINKTYPE_IEEE802_11_PRISM) before an 802.11 frame.
#pragma once

#include <array>
#include <cstdint>
#include <expected>

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

  /// received or transmitted.
  [[nodiscard]] std::uint32_t message_code() const noexcept { return number(0); }
  [[nodiscard]] std::uint32_t message_length() const noexcept { return number(4); }
  /// 16 bytes, filled up with zeros.
  [[nodiscard]] Bytes device_name() const noexcept { return bytes_.subspan(8, 16); }

  [[nodiscard]] std::size_t header_length() const noexcept { return message_length(); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;

  [[nodiscard]] static bool is_code(std::uint32_t code) noexcept {
    return code == received || code == transmitted;
  }
  [[nodiscard]] std::uint32_t number(std::size_t offset) const noexcept {
    return is_code(field<std::uint32_t>(0)) ? field<std::uint32_t>(offset)
                                            : field_le<std::uint32_t>(offset);
  }
};

/// What write() makes a little-endian Prism header without items of.
struct PrismFields {
  std::uint32_t message_code = PrismView::received;
  std::array<std::uint8_t, 16> device_name{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < PrismView::min_header_length) return 0;
    store_le(to.data(), message_code);
    store_le(to.data() + 4, std::uint32_t{PrismView::min_header_length});
    store_bytes(to.data() + 8, device_name);
    return PrismView::min_header_length;
  }
};

}  // namespace weir::wire
