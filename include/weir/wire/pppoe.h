// PPPoE (RFC 2516): discovery and session.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A PPPoE header. Its length cuts the padding of the frame off; a longer one than was captured is
/// believed. Behind it stands PPP in a session, tags in discovery.
class PppoeView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::pppoe_discovery, Protocol::pppoe_session};
  static constexpr std::size_t min_header_length = 6;
  static constexpr std::uint8_t code_session = 0x00;
  static constexpr std::uint8_t code_padi = 0x09;
  static constexpr std::uint8_t code_pado = 0x07;
  static constexpr std::uint8_t code_padr = 0x19;
  static constexpr std::uint8_t code_pads = 0x65;
  static constexpr std::uint8_t code_padt = 0xa7;

  [[nodiscard]] static std::expected<PppoeView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const PppoeView header{bytes};
    if (header.version() != 1) return std::unexpected{ParseError::bad_version};
    if (header.type() != 1) return std::unexpected{ParseError::bad_field};
    return PppoeView{up_to(bytes, min_header_length + header.length())};
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 4; }
  [[nodiscard]] std::uint8_t type() const noexcept { return bytes_[0] & 0x0f; }
  [[nodiscard]] std::uint8_t code() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint16_t session_identifier() const noexcept {
    return field<std::uint16_t>(2);
  }
  /// Bytes behind the header.
  [[nodiscard]] std::uint16_t length() const noexcept { return field<std::uint16_t>(4); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a PPPoE header of.
struct PppoeFields {
  /// At most 15.
  std::uint8_t version = 1;
  /// At most 15.
  std::uint8_t type = 1;
  std::uint8_t code = PppoeView::code_session;
  std::uint16_t session_identifier = 0;
  /// Left open: all that stands behind.
  std::optional<std::uint16_t> length{};

  [[nodiscard]] static PppoeFields of(const PppoeView& header) noexcept {
    return {.version = header.version(),
            .type = header.type(),
            .code = header.code(),
            .session_identifier = header.session_identifier(),
            .length = header.length()};
  }
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.ether_type = code == PppoeView::code_session ? ether_type::pppoe_session
                                                          : ether_type::pppoe_discovery};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return PppoeView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (!length && payload.size() > 0xffff) return std::unexpected{WriteError::too_long};
    if (version > 15 || type > 15) return std::unexpected{WriteError::bad_value};
    to[0] = static_cast<std::uint8_t>(version << 4 | type);
    to[1] = code;
    store_be(to.data() + 2, session_identifier);
    store_be(to.data() + 4, length.value_or(static_cast<std::uint16_t>(payload.size())));
    return header_length();
  }
};

}  // namespace weir::wire
