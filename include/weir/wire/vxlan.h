// VXLAN (RFC 7348, UDP port 4789) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe, port 4790).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/fields.h"
#include "weir/wire/next_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A VXLAN header; with the P flag, which only VXLAN-GPE has, it names its payload.
class VxlanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::vxlan};
  /// Values of next_protocol().
  using Next = NextProtocol;

  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<VxlanView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return VxlanView{bytes};
  }

  [[nodiscard]] std::uint8_t flags() const noexcept { return bytes_[0]; }
  /// The I flag: identifier() is valid. RFC 7348 5 wants it set; senders exist that do not.
  [[nodiscard]] bool has_identifier() const noexcept { return (flags() & 0x08) != 0; }
  /// The P flag of VXLAN-GPE.
  [[nodiscard]] bool has_next_protocol() const noexcept { return (flags() & 0x04) != 0; }
  /// Ethernet unless has_next_protocol(); values without a name are legal.
  [[nodiscard]] Next next_protocol() const noexcept {
    return has_next_protocol() ? next_protocol_field() : Next::ethernet;
  }
  /// As it stands, whether or not the P flag vouches for it.
  [[nodiscard]] Next next_protocol_field() const noexcept { return static_cast<Next>(bytes_[3]); }
  /// The two bytes between flags and next protocol.
  [[nodiscard]] std::uint16_t reserved() const noexcept { return field<std::uint16_t>(1); }
  /// The last byte.
  [[nodiscard]] std::uint8_t last_reserved() const noexcept { return bytes_[7]; }
  /// 24 bits.
  [[nodiscard]] std::uint32_t identifier() const noexcept { return field<std::uint32_t>(4) >> 8; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a VXLAN header of.
struct VxlanFields {
  static constexpr std::uint16_t vxlan_port = 4789;
  static constexpr std::uint16_t vxlan_gpe_port = 4790;

  /// The I flag, and with `has_next_protocol` the P flag, unless told otherwise.
  std::optional<std::uint8_t> flags{};
  /// The two bytes between flags and next protocol.
  std::uint16_t reserved = 0;
  /// Writes the P flag and the protocol, as VXLAN-GPE.
  bool has_next_protocol = false;
  /// Left open: what follows, or Ethernet; 0 without the P flag.
  std::optional<VxlanView::Next> next_protocol{};
  /// 24 bits.
  std::uint32_t identifier = 0;
  /// The last byte.
  std::uint8_t last_reserved = 0;

  [[nodiscard]] static VxlanFields of(const VxlanView& header) noexcept {
    return {.flags = header.flags(),
            .reserved = header.reserved(),
            .has_next_protocol = header.has_next_protocol(),
            .next_protocol = header.next_protocol_field(),
            .identifier = header.identifier(),
            .last_reserved = header.last_reserved()};
  }
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.port = has_next_protocol ? vxlan_gpe_port : vxlan_port};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (has_next_protocol && !next_protocol) next_protocol = next_protocol_of(next);
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return VxlanView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (identifier > 0x00ffffff) return std::unexpected{WriteError::bad_value};
    to[0] = flags.value_or(has_next_protocol ? 0x0c : 0x08);
    store_be(to.data() + 1, reserved);
    to[3] = static_cast<std::uint8_t>(
        next_protocol.value_or(has_next_protocol ? VxlanView::Next::ethernet : VxlanView::Next{}));
    store_be(to.data() + 4, identifier << 8 | last_reserved);
    return header_length();
  }
};

}  // namespace weir::wire
