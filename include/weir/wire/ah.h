// The IP authentication header (RFC 4302).
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

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
  std::uint8_t next_header = ip_protocol::no_next_header;
  std::uint32_t security_parameters_index = 0;
  std::uint32_t sequence_number = 0;
  /// A multiple of four bytes, at most 1016.
  Bytes integrity_check_value{};

  /// Returns the bytes written; 0 if `to` is too small or the check value has no legal length.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = AhView::min_header_length + integrity_check_value.size();
    if (length % 4 != 0 || length / 4 - 2 > 0xff || to.size() < length) return 0;
    to[0] = next_header;
    to[1] = static_cast<std::uint8_t>(length / 4 - 2);
    store_be(to.data() + 2, std::uint16_t{0});
    store_be(to.data() + 4, security_parameters_index);
    store_be(to.data() + 8, sequence_number);
    if (!integrity_check_value.empty()) {
      std::memcpy(to.data() + 12, integrity_check_value.data(), integrity_check_value.size());
    }
    return length;
  }
};

}  // namespace weir::wire
