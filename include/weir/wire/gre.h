// GRE: version 0 (RFC 1701, 2784, 2890) and version 1 for PPTP (RFC 2637).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/ether_type.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A GRE header with the optional fields its flags announce. In version 1 the payload length cuts
/// off what is behind; a longer one than was captured is believed.
class GreView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::gre};
  static constexpr std::size_t min_header_length = 4;

  [[nodiscard]] static std::expected<GreView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const GreView header{bytes, 0};
    if (header.version() > 1) return std::unexpected{ParseError::bad_version};
    std::size_t length = header.fixed_length();
    if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    if (header.version() == 1) {
      // RFC 2637 4.1: the key is there, checksum and routing are not.
      if (!header.has_key() || header.has_checksum() || header.has_routing()) {
        return std::unexpected{ParseError::bad_field};
      }
      return GreView{up_to(bytes, length + header.payload_length()), length};
    }
    if (header.has_routing()) {
      const auto routing = routing_length(bytes.subspan(length));
      if (!routing) return std::unexpected{routing.error()};
      length += *routing;
    }
    if (header.protocol() == ether_type::wccp) length += redirect_length(bytes.subspan(length));
    if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    return GreView{bytes, length};
  }

  [[nodiscard]] bool has_checksum() const noexcept { return (bytes_[0] & 0x80) != 0; }
  [[nodiscard]] bool has_routing() const noexcept { return (bytes_[0] & 0x40) != 0; }
  [[nodiscard]] bool has_key() const noexcept { return (bytes_[0] & 0x20) != 0; }
  [[nodiscard]] bool has_sequence_number() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// Version 1 only.
  [[nodiscard]] bool has_acknowledgment() const noexcept {
    return version() == 1 && (bytes_[1] & 0x80) != 0;
  }
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[1] & 7; }
  /// An EtherType.
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(2); }
  // Fields that are not there read as 0.
  [[nodiscard]] std::uint16_t checksum() const noexcept {
    return has_checksum() ? field<std::uint16_t>(4) : std::uint16_t{0};
  }
  [[nodiscard]] std::uint32_t key() const noexcept {
    return has_key() ? field<std::uint32_t>(key_offset()) : 0;
  }
  /// Version 1: the high half of the key; bytes behind the header.
  [[nodiscard]] std::uint16_t payload_length() const noexcept {
    return version() == 1 ? static_cast<std::uint16_t>(key() >> 16) : std::uint16_t{0};
  }
  /// Version 1: the low half of the key.
  [[nodiscard]] std::uint16_t call_identifier() const noexcept {
    return version() == 1 ? static_cast<std::uint16_t>(key()) : std::uint16_t{0};
  }
  [[nodiscard]] std::uint32_t sequence_number() const noexcept {
    return has_sequence_number() ? field<std::uint32_t>(sequence_offset()) : 0;
  }
  [[nodiscard]] std::uint32_t acknowledgment_number() const noexcept {
    return has_acknowledgment() ? field<std::uint32_t>(acknowledgment_offset()) : 0;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  GreView(Bytes bytes, std::size_t header_length) noexcept
      : View{bytes}, header_length_{header_length} {}

  [[nodiscard]] std::size_t key_offset() const noexcept {
    return has_checksum() || has_routing() ? 8 : 4;
  }
  [[nodiscard]] std::size_t sequence_offset() const noexcept {
    return key_offset() + (has_key() ? 4 : 0);
  }
  [[nodiscard]] std::size_t acknowledgment_offset() const noexcept {
    return sequence_offset() + (has_sequence_number() ? 4 : 0);
  }
  [[nodiscard]] std::size_t fixed_length() const noexcept {
    return acknowledgment_offset() + (has_acknowledgment() ? 4 : 0);
  }

  // RFC 1701: source route entries up to one of family and length 0.
  [[nodiscard]] static std::expected<std::size_t, ParseError> routing_length(Bytes bytes) noexcept {
    std::size_t length = 0;
    while (bytes.size() - length >= 4) {
      const std::uint8_t* entry = bytes.data() + length;
      const std::size_t entry_length = 4U + entry[3];
      if (load_be<std::uint16_t>(entry) == 0 && entry[3] == 0) return length + 4;
      if (entry_length > bytes.size() - length) break;
      length += entry_length;
    }
    return std::unexpected{ParseError::truncated};
  }
  // WCCP version 2 puts a redirect header of four bytes before the IPv4 packet, version 1 does not,
  // and both use the same EtherType: only what follows tells.
  [[nodiscard]] static std::size_t redirect_length(Bytes bytes) noexcept {
    return !bytes.empty() && bytes[0] >> 4 == 4 ? 0 : 4;
  }

  std::size_t header_length_;
};

/// What write() makes a GRE header of.
struct GreFields {
  bool has_checksum = false;
  bool has_key = false;
  bool has_sequence_number = false;
  /// Version 1 only.
  bool has_acknowledgment = false;
  std::uint8_t version = 0;
  std::uint16_t protocol = 0;
  std::uint16_t checksum = 0;
  /// In version 1 the payload length and the call identifier.
  std::uint32_t key = 0;
  std::uint32_t sequence_number = 0;
  std::uint32_t acknowledgment_number = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = 4U + (has_checksum ? 4U : 0U) + (has_key ? 4U : 0U) +
                               (has_sequence_number ? 4U : 0U) + (has_acknowledgment ? 4U : 0U);
    if (to.size() < length) return 0;
    to[0] = static_cast<std::uint8_t>((has_checksum ? 0x80 : 0) | (has_key ? 0x20 : 0) |
                                      (has_sequence_number ? 0x10 : 0));
    to[1] = static_cast<std::uint8_t>((has_acknowledgment ? 0x80 : 0) | (version & 7));
    store_be(to.data() + 2, protocol);
    std::uint8_t* next = to.data() + 4;
    const auto put = [&next](bool present, std::uint32_t value) {
      if (!present) return;
      store_be(next, value);
      next += 4;
    };
    put(has_checksum, std::uint32_t{checksum} << 16);
    put(has_key, key);
    put(has_sequence_number, sequence_number);
    put(has_acknowledgment, acknowledgment_number);
    return length;
  }
};

}  // namespace weir::wire
