// PPP (RFC 1661), with or without HDLC-like framing (RFC 1662), and libpcap's direction byte.
#pragma once

#include <cstdint>
#include <expected>

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
  std::uint16_t protocol = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t offset = has_address_and_control ? 2 : 0;
    const std::size_t length = offset + (compressed_protocol ? 1 : 2);
    if (to.size() < length) return 0;
    if (has_address_and_control) store_be(to.data(), std::uint16_t{0xff03});
    if (compressed_protocol) {
      to[offset] = static_cast<std::uint8_t>(protocol);
    } else {
      store_be(to.data() + offset, protocol);
    }
    return length;
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

  /// Whether the capturing host sent the packet.
  [[nodiscard]] bool sent() const noexcept { return bytes_[0] != 0; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a direction byte of.
struct DirectedPppFields {
  bool sent = false;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.empty()) return 0;
    to[0] = sent ? 1 : 0;
    return DirectedPppView::min_header_length;
  }
};

}  // namespace weir::wire
