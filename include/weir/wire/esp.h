// The IP encapsulating security payload (RFC 4303): what can be read without a key.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of the two fields in clear; the payload is encrypted.
class EspView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::esp};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<EspView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return EspView{bytes};
  }

  [[nodiscard]] std::uint32_t security_parameters_index() const noexcept {
    return field<std::uint32_t>(0);
  }
  [[nodiscard]] std::uint32_t sequence_number() const noexcept { return field<std::uint32_t>(4); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// Encrypted data, padding, trailer and check value.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes the clear part of an encapsulating security payload of.
struct EspFields {
  std::uint32_t security_parameters_index = 0;
  std::uint32_t sequence_number = 0;

  [[nodiscard]] static EspFields of(const EspView& header) noexcept {
    return {.security_parameters_index = header.security_parameters_index(),
            .sequence_number = header.sequence_number()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::esp};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return EspView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    store_be(to.data(), security_parameters_index);
    store_be(to.data() + 4, sequence_number);
    return header_length();
  }
};

}  // namespace weir::wire
