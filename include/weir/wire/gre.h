// GRE: version 0 (RFC 1701, 2784, 2890) and version 1 for PPTP (RFC 2637).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/checksum.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
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
    const bool has_redirect =
        header.protocol() == ether_type::wccp && starts_with_redirect(bytes.subspan(length));
    if (has_redirect) length += redirect_length;
    if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    return GreView{bytes, length, has_redirect};
  }

  [[nodiscard]] bool has_checksum() const noexcept { return (bytes_[0] & 0x80) != 0; }
  [[nodiscard]] bool has_routing() const noexcept { return (bytes_[0] & 0x40) != 0; }
  [[nodiscard]] bool has_key() const noexcept { return (bytes_[0] & 0x20) != 0; }
  [[nodiscard]] bool has_sequence_number() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// Version 1 only.
  [[nodiscard]] bool has_acknowledgment() const noexcept {
    return version() == 1 && (bytes_[1] & 0x80) != 0;
  }
  /// Nine bits: those between the flags and the version, without the one version 1 has in use.
  [[nodiscard]] std::uint16_t reserved() const noexcept {
    return field<std::uint16_t>(0) >> 3 & (version() == 1 ? 0x1ef : 0x1ff);
  }
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[1] & 7; }
  /// An EtherType.
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(2); }
  // Fields that are not there read as 0.
  /// Means something with has_checksum() only; with has_routing() it is there too (RFC 1701).
  [[nodiscard]] std::uint16_t checksum() const noexcept {
    return has_checksum() || has_routing() ? field<std::uint16_t>(4) : std::uint16_t{0};
  }
  /// Behind the checksum: where in the routing the active source route stands, in bytes.
  [[nodiscard]] std::uint16_t offset() const noexcept {
    return has_checksum() || has_routing() ? field<std::uint16_t>(6) : std::uint16_t{0};
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

  /// Source routes (RFC 1701), the last entry of family and length 0 among them.
  [[nodiscard]] Bytes routing() const noexcept {
    return has_routing() ? variable_part().first(variable_part().size() - redirect().size())
                         : Bytes{};
  }
  /// The redirect header of WCCP version 2: four bytes behind all others, or none.
  [[nodiscard]] Bytes redirect() const noexcept {
    return has_redirect_ ? variable_part().last(redirect_length) : Bytes{};
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr std::size_t redirect_length = 4;

  GreView(Bytes bytes, std::size_t header_length, bool has_redirect = false) noexcept
      : View{bytes}, header_length_{header_length}, has_redirect_{has_redirect} {}

  /// What follows the fields of fixed length.
  [[nodiscard]] Bytes variable_part() const noexcept {
    return bytes_.first(header_length_).subspan(fixed_length());
  }

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
  [[nodiscard]] static bool starts_with_redirect(Bytes bytes) noexcept {
    return bytes.empty() || bytes[0] >> 4 != 4;
  }

  std::size_t header_length_;
  bool has_redirect_;
};

/// What write() makes a GRE header of.
struct GreFields {
  bool has_checksum = false;
  bool has_routing = false;
  /// Version 1 has one always, told or not.
  bool has_key = false;
  bool has_sequence_number = false;
  /// Version 1 only.
  bool has_acknowledgment = false;
  /// Nine bits: those between the flags and the version, without the one version 1 has in use.
  std::uint16_t reserved = 0;
  /// At most 7.
  std::uint8_t version = 0;
  /// An EtherType. Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};
  /// Over header and payload; written with has_checksum. Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  std::uint16_t offset = 0;
  /// Not of version 1, which has the two below in its place.
  std::uint32_t key = 0;
  /// Version 1. Left open: of all that stands behind.
  std::optional<std::uint16_t> payload_length{};
  /// Version 1.
  std::uint16_t call_identifier = 0;
  std::uint32_t sequence_number = 0;
  std::uint32_t acknowledgment_number = 0;
  /// Borrowed. Source routes with the entry that ends them; with has_routing only.
  Bytes routing{};
  /// Borrowed. The redirect header of WCCP version 2: four bytes, or none.
  Bytes redirect{};

  [[nodiscard]] static GreFields of(const GreView& header) noexcept {
    return {.has_checksum = header.has_checksum(),
            .has_routing = header.has_routing(),
            .has_key = header.has_key(),
            .has_sequence_number = header.has_sequence_number(),
            .has_acknowledgment = header.has_acknowledgment(),
            .reserved = header.reserved(),
            .version = header.version(),
            .protocol = header.protocol(),
            .checksum = header.checksum(),
            .offset = header.offset(),
            .key = header.key(),
            .payload_length = header.payload_length(),
            .call_identifier = header.call_identifier(),
            .sequence_number = header.sequence_number(),
            .acknowledgment_number = header.acknowledgment_number(),
            .routing = header.routing(),
            .redirect = header.redirect()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::gre};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!protocol) protocol = next.ether_type;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return 4U + (has_checksum || has_routing ? 4U : 0U) + (writes_key() ? 4U : 0U) +
           (has_sequence_number ? 4U : 0U) + (has_acknowledgment ? 4U : 0U) + routing.size() +
           redirect.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (version == 1 && !payload_length && payload.size() > 0xffff) {
      return std::unexpected{WriteError::too_long};
    }
    if (!fits()) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), static_cast<std::uint16_t>(
                            (has_checksum ? 0x8000 : 0) | (has_routing ? 0x4000 : 0) |
                            (writes_key() ? 0x2000 : 0) | (has_sequence_number ? 0x1000 : 0) |
                            (has_acknowledgment ? 0x0080 : 0) | reserved << 3 | version));
    store_be(to.data() + 2, protocol.value_or(0));
    std::uint8_t* next = to.data() + 4;
    const auto put = [&next](bool present, std::uint32_t value) {
      if (!present) return;
      store_be(next, value);
      next += 4;
    };
    const std::uint16_t behind =
        payload_length.value_or(static_cast<std::uint16_t>(payload.size()));
    put(has_checksum || has_routing, std::uint32_t{checksum.value_or(0)} << 16 | offset);
    put(writes_key(), version == 1 ? std::uint32_t{behind} << 16 | call_identifier : key);
    put(has_sequence_number, sequence_number);
    put(has_acknowledgment, acknowledgment_number);
    store_bytes(next, routing);
    store_bytes(next + routing.size(), redirect);
    return header_length();
  }
  /// Nothing is done to a header without a checksum. No pseudo-header is in the sum.
  static void seal(MutableBytes message, WordSum /*pseudo_header*/) noexcept {
    if ((message[0] & 0x80) == 0) return;
    store_be(message.data() + 4, std::uint16_t{0});
    store_be(message.data() + 4, internet_checksum(message));
  }

 private:
  [[nodiscard]] constexpr bool writes_key() const noexcept { return has_key || version == 1; }
  [[nodiscard]] constexpr bool fits() const noexcept {
    return version <= 7 && reserved <= 0x1ff && (version != 1 || (reserved & 0x10) == 0) &&
           (version == 1 || !has_acknowledgment) && has_routing == !routing.empty() &&
           (redirect.empty() || redirect.size() == 4);
  }
};

}  // namespace weir::wire
