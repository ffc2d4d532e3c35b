// The IP authentication header (RFC 4302).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of an authentication header; what it protects follows in clear.
class AhView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ah};
  static constexpr std::size_t min_header_length = 12;

  [[nodiscard]] static std::expected<AhView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const AhView header{bytes};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t next_header() const noexcept { return field<std::uint8_t>(0); }
  /// The payload length field: units of four bytes, less two.
  [[nodiscard]] std::uint8_t length_field() const noexcept { return field<std::uint8_t>(1); }
  [[nodiscard]] std::uint16_t reserved() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t security_parameters_index() const noexcept {
    return field<std::uint32_t>(4);
  }
  [[nodiscard]] std::uint32_t sequence_number() const noexcept { return field<std::uint32_t>(8); }
  [[nodiscard]] Bytes integrity_check_value() const noexcept {
    return bytes_.subspan(min_header_length, header_length() - min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return (length_field() + std::size_t{2}) * 4;
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes an authentication header of.
struct AhFields {
  /// Left open: what follows, or none (59).
  std::optional<std::uint8_t> next_header{};
  /// In units of four bytes, less two. Left open: of the whole header.
  std::optional<std::uint8_t> length_field{};
  std::uint16_t reserved = 0;
  std::uint32_t security_parameters_index = 0;
  std::uint32_t sequence_number = 0;
  /// Borrowed. A multiple of four bytes, at most 1016.
  Bytes integrity_check_value{};

  [[nodiscard]] static AhFields of(const AhView& header) noexcept {
    return {.next_header = header.next_header(),
            .length_field = header.length_field(),
            .reserved = header.reserved(),
            .security_parameters_index = header.security_parameters_index(),
            .sequence_number = header.sequence_number(),
            .integrity_check_value = header.integrity_check_value()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::ah};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_header) next_header = next.ip_protocol;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return AhView::min_header_length + integrity_check_value.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() / 4 - 2 > 0xff) return std::unexpected{WriteError::too_long};
    if (header_length() % 4 != 0) return std::unexpected{WriteError::bad_value};
    to[0] = next_header.value_or(ip_protocol::no_next_header);
    to[1] = length_field.value_or(static_cast<std::uint8_t>(header_length() / 4 - 2));
    store_be(to.data() + 2, reserved);
    store_be(to.data() + 4, security_parameters_index);
    store_be(to.data() + 8, sequence_number);
    store_bytes(to.data() + AhView::min_header_length, integrity_check_value);
    return header_length();
  }
};

}  // namespace weir::wire
