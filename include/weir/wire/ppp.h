// PPP (RFC 1661), with or without HDLC-like framing (RFC 1662), and libpcap's direction byte.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// PPP DLL protocol numbers (IANA).
namespace ppp_protocol {
inline constexpr std::uint16_t ipv4 = 0x0021;
inline constexpr std::uint16_t osi = 0x0023;
inline constexpr std::uint16_t bridging = 0x0031;
inline constexpr std::uint16_t multilink = 0x003d;
inline constexpr std::uint16_t encrypted = 0x0053;
inline constexpr std::uint16_t ipv6 = 0x0057;
inline constexpr std::uint16_t compressed = 0x00fd;
inline constexpr std::uint16_t mpls = 0x0281;
inline constexpr std::uint16_t mpls_multicast = 0x0283;
inline constexpr std::uint16_t ipcp = 0x8021;
inline constexpr std::uint16_t ipv6cp = 0x8057;
inline constexpr std::uint16_t lcp = 0xc021;
inline constexpr std::uint16_t pap = 0xc023;
inline constexpr std::uint16_t chap = 0xc223;
}  // namespace ppp_protocol

/// A PPP header: an optional address and control (ff 03), then a protocol number of one byte if
/// that is odd (RFC 1661 6.5), of two otherwise.
class PppView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ppp};
  static constexpr std::size_t min_header_length = 1;

  [[nodiscard]] static std::expected<PppView, ParseError> parse(Bytes bytes) noexcept {
    const bool framed = bytes.size() >= 2 && bytes[0] == 0xff && bytes[1] == 0x03;
    const std::size_t protocol = framed ? 2 : 0;
    if (bytes.size() <= protocol) return std::unexpected{ParseError::truncated};
    // RFC 1661 6.5: ff is no compressed protocol, so it starts address and control.
    if (bytes.size() == 1 && bytes[0] == 0xff) return std::unexpected{ParseError::truncated};
    const bool compressed = (bytes[protocol] & 1) != 0;
    const PppView header{bytes, protocol, compressed};
    if (bytes.size() < header.header_length()) return std::unexpected{ParseError::truncated};
    // RFC 1661 2: the low bit of the last byte of every protocol number is 1.
    if (!compressed && (bytes[protocol + 1] & 1) == 0) {
      return std::unexpected{ParseError::bad_field};
    }
    return header;
  }

  [[nodiscard]] bool has_address_and_control() const noexcept { return protocol_offset_ != 0; }
  /// The protocol is one byte.
  [[nodiscard]] bool compressed_protocol() const noexcept { return compressed_; }
  [[nodiscard]] std::uint16_t protocol() const noexcept {
    return compressed_ ? bytes_[protocol_offset_] : field<std::uint16_t>(protocol_offset_);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return protocol_offset_ + (compressed_ ? 1U : 2U);
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  PppView(Bytes bytes, std::size_t protocol_offset, bool compressed) noexcept
      : View{bytes}, protocol_offset_{protocol_offset}, compressed_{compressed} {}

  std::size_t protocol_offset_;
  bool compressed_;
};

/// What write() makes a PPP header of.
struct PppFields {
  bool has_address_and_control = false;
  /// Writes one protocol byte; for odd protocols below 256 only.
  bool compressed_protocol = false;
  /// Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};

  [[nodiscard]] static PppFields of(const PppView& header) noexcept {
    return {.has_address_and_control = header.has_address_and_control(),
            .compressed_protocol = header.compressed_protocol(),
            .protocol = header.protocol()};
  }
  /// RFC 2637.
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::ppp};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (protocol) return;
    switch (next.ether_type.value_or(0)) {
      case ether_type::ipv4:
        protocol = ppp_protocol::ipv4;
        break;
      case ether_type::ipv6:
        protocol = ppp_protocol::ipv6;
        break;
      case ether_type::mpls:
        protocol = ppp_protocol::mpls;
        break;
      default:
        break;
    }
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    return (has_address_and_control ? 2U : 0U) + (compressed_protocol ? 1U : 2U);
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::uint16_t number = protocol.value_or(0);
    if (compressed_protocol && (number > 0xff || number % 2 == 0)) {
      return std::unexpected{WriteError::bad_value};
    }
    if (has_address_and_control) store_be(to.data(), std::uint16_t{0xff03});
    std::uint8_t* const at = to.data() + (has_address_and_control ? 2 : 0);
    if (compressed_protocol) {
      *at = static_cast<std::uint8_t>(number);
    } else {
      store_be(at, number);
    }
    return header_length();
  }
};

/// LINKTYPE_PPP_WITH_DIR: a byte that says who sent it, then PPP.
class DirectedPppView : public View {
 public:
  static constexpr std::size_t min_header_length = 1;

  [[nodiscard]] static std::expected<DirectedPppView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.empty()) return std::unexpected{ParseError::truncated};
    return DirectedPppView{bytes};
  }

  /// 0: received; anything else: sent.
  [[nodiscard]] std::uint8_t direction() const noexcept { return bytes_[0]; }
  /// Whether the capturing host sent the packet.
  [[nodiscard]] bool sent() const noexcept { return direction() != 0; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a direction byte of.
struct DirectedPppFields {
  /// 0: received; anything else: sent.
  std::uint8_t direction = 0;

  [[nodiscard]] static DirectedPppFields of(const DirectedPppView& header) noexcept {
    return {.direction = header.direction()};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return DirectedPppView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = direction;
    return header_length();
  }
};

}  // namespace weir::wire
