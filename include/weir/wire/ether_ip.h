// EtherIP (RFC 3378, IP protocol 97): an Ethernet frame in IP.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An EtherIP header; an Ethernet frame follows.
class EtherIpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ether_ip};
  static constexpr std::size_t min_header_length = 2;

  [[nodiscard]] static std::expected<EtherIpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const EtherIpView header{bytes};
    if (header.version() != 3) return std::unexpected{ParseError::bad_version};
    // RFC 3378 3: the reserved bits must be 0, and the packet is dropped otherwise.
    if (header.reserved() != 0) {
      return std::unexpected{ParseError::bad_field};
    }
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 4; }
  /// 12 bits; parse() takes 0 only.
  [[nodiscard]] std::uint16_t reserved() const noexcept { return field<std::uint16_t>(0) & 0x0fff; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an EtherIP header of.
struct EtherIpFields {
  /// At most 15.
  std::uint8_t version = 3;
  /// 12 bits.
  std::uint16_t reserved = 0;

  [[nodiscard]] static EtherIpFields of(const EtherIpView& header) noexcept {
    return {.version = header.version(), .reserved = header.reserved()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::ether_ip};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return EtherIpView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (version > 15 || reserved > 0x0fff) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), static_cast<std::uint16_t>(version << 12 | reserved));
    return header_length();
  }
};

}  // namespace weir::wire
