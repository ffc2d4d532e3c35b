// Teredo (RFC 4380 5.1.1, UDP port 3544): what may stand before the IPv6 packet.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// The indications before a Teredo packet: authentication, then origin, each once or not at all.
/// The header may be empty; what follows always starts as IPv6 does.
class TeredoView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::teredo};
  static constexpr std::size_t min_header_length = 0;

  [[nodiscard]] static std::expected<TeredoView, ParseError> parse(Bytes bytes) noexcept {
    std::size_t length = 0;
    const bool has_authentication = starts_with(bytes, authentication);
    if (has_authentication) {
      if (bytes.size() < 4) return std::unexpected{ParseError::truncated};
      constexpr std::size_t nonce_and_confirmation = 9;
      length = 4U + bytes[2] + bytes[3] + nonce_and_confirmation;
      if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    }
    const bool has_origin = starts_with(bytes.subspan(length), origin);
    const TeredoView header{bytes, length, has_authentication, has_origin};
    if (header.header_length() >= bytes.size()) return std::unexpected{ParseError::truncated};
    // A zero byte alone may begin an indication.
    const Bytes packet = header.payload();
    if (!has_origin && packet.size() == 1 && packet[0] == 0) {
      return std::unexpected{ParseError::truncated};
    }
    if (packet[0] >> 4 != 6) return std::unexpected{ParseError::bad_version};
    return header;
  }

  [[nodiscard]] bool has_authentication() const noexcept { return has_authentication_; }
  /// Empty without an authentication indication.
  [[nodiscard]] Bytes client_identifier() const noexcept {
    return has_authentication_ ? bytes_.subspan(4, bytes_[2]) : Bytes{};
  }
  /// Empty without an authentication indication.
  [[nodiscard]] Bytes authentication_value() const noexcept {
    return has_authentication_ ? bytes_.subspan(4U + bytes_[2], bytes_[3]) : Bytes{};
  }
  /// 0 without an authentication indication.
  [[nodiscard]] std::uint64_t nonce() const noexcept {
    return has_authentication_ ? field<std::uint64_t>(origin_offset_ - 9) : 0;
  }
  /// 0 without an authentication indication.
  [[nodiscard]] std::uint8_t confirmation() const noexcept {
    return has_authentication_ ? bytes_[origin_offset_ - 1] : std::uint8_t{0};
  }
  [[nodiscard]] bool has_origin() const noexcept { return has_origin_; }
  /// As sent: every bit inverted. 0 without an origin indication.
  [[nodiscard]] std::uint16_t obfuscated_port() const noexcept {
    return has_origin_ ? field<std::uint16_t>(origin_offset_ + 2) : std::uint16_t{0};
  }
  /// As sent: every bit inverted. All zero without an origin indication.
  [[nodiscard]] Ipv4Address obfuscated_address() const noexcept {
    return has_origin_ ? Ipv4Address::load(bytes_.data() + origin_offset_ + 4) : Ipv4Address{};
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return origin_offset_ + (has_origin_ ? 8 : 0);
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::uint16_t origin = 0;
  static constexpr std::uint16_t authentication = 1;

  TeredoView(Bytes bytes, std::size_t origin_offset, bool has_authentication,
             bool has_origin) noexcept
      : View{bytes},
        origin_offset_{origin_offset},
        has_authentication_{has_authentication},
        has_origin_{has_origin} {}

  [[nodiscard]] static bool starts_with(Bytes bytes, std::uint16_t indication) noexcept {
    return bytes.size() >= 2 && load_be<std::uint16_t>(bytes.data()) == indication;
  }

  std::size_t origin_offset_;
  bool has_authentication_;
  bool has_origin_;
};

/// What write() makes the indications of.
struct TeredoFields {
  bool has_authentication = false;
  /// Borrowed, at most 255 bytes each; with has_authentication only.
  Bytes client_identifier{};
  Bytes authentication_value{};
  std::uint64_t nonce = 0;
  std::uint8_t confirmation = 0;
  bool has_origin = false;
  /// As sent: every bit inverted, as those of the address.
  std::uint16_t obfuscated_port = 0;
  Ipv4Address obfuscated_address{};

  [[nodiscard]] static TeredoFields of(const TeredoView& header) noexcept {
    return {.has_authentication = header.has_authentication(),
            .client_identifier = header.client_identifier(),
            .authentication_value = header.authentication_value(),
            .nonce = header.nonce(),
            .confirmation = header.confirmation(),
            .has_origin = header.has_origin(),
            .obfuscated_port = header.obfuscated_port(),
            .obfuscated_address = header.obfuscated_address()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = 3544}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return origin_offset() + (has_origin ? 8U : 0U);
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (client_identifier.size() > 255 || authentication_value.size() > 255) {
      return std::unexpected{WriteError::too_long};
    }
    const std::size_t variable = client_identifier.size() + authentication_value.size();
    if (!has_authentication && variable != 0) return std::unexpected{WriteError::bad_value};
    if (has_authentication) {
      store_be(to.data(), std::uint16_t{1});
      to[2] = static_cast<std::uint8_t>(client_identifier.size());
      to[3] = static_cast<std::uint8_t>(authentication_value.size());
      store_bytes(to.data() + 4, client_identifier);
      store_bytes(to.data() + 4 + client_identifier.size(), authentication_value);
      store_be(to.data() + 4 + variable, nonce);
      to[12 + variable] = confirmation;
    }
    if (has_origin) {
      store_be(to.data() + origin_offset(), std::uint16_t{0});
      store_be(to.data() + origin_offset() + 2, obfuscated_port);
      store_bytes(to.data() + origin_offset() + 4, obfuscated_address.octets);
    }
    return header_length();
  }

 private:
  [[nodiscard]] std::size_t origin_offset() const noexcept {
    return has_authentication ? 13 + client_identifier.size() + authentication_value.size() : 0;
  }
};

}  // namespace weir::wire
