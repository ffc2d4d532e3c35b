// VXLAN (RFC 7348, UDP port 4789) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe, port 4790).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A VXLAN header; with the P flag, which only VXLAN-GPE has, it names its payload.
class VxlanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::vxlan};
  /// Values of next_protocol().
  enum class Next : std::uint8_t { ipv4 = 1, ipv6 = 2, ethernet = 3, nsh = 4, mpls = 5 };

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
  /// 24 bits.
  [[nodiscard]] std::uint32_t identifier() const noexcept { return field<std::uint32_t>(4) >> 8; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a VXLAN header of.
struct VxlanFields {
  std::uint32_t identifier = 0;
  /// Writes the P flag and the protocol, as VXLAN-GPE.
  bool has_next_protocol = false;
  VxlanView::Next next_protocol = VxlanView::Next::ethernet;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < VxlanView::min_header_length) return 0;
    const auto next = static_cast<std::uint32_t>(next_protocol);
    store_be(to.data(), 0x08000000U | (has_next_protocol ? 0x04000000U | next : 0U));
    store_be(to.data() + 4, identifier << 8);
    return VxlanView::min_header_length;
  }
};

}  // namespace weir::wire
