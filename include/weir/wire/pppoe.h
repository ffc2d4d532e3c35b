// PPPoE (RFC 2516): discovery and session.
#pragma once

#include <cstdint>
#include <expected>

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
  std::uint8_t code = PppoeView::code_session;
  std::uint16_t session_identifier = 0;
  std::uint16_t length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < PppoeView::min_header_length) return 0;
    to[0] = 0x11;
    to[1] = code;
    store_be(to.data() + 2, session_identifier);
    store_be(to.data() + 4, length);
    return PppoeView::min_header_length;
  }
};

}  // namespace weir::wire
