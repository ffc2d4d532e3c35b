// EtherIP (RFC 3378, IP protocol 97): an Ethernet frame in IP.
#pragma once

#include <cstdint>
#include <expected>

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
    if ((header.field<std::uint16_t>(0) & 0x0fff) != 0) {
      return std::unexpected{ParseError::bad_field};
    }
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 4; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an EtherIP header of: there is nothing to choose.
struct EtherIpFields {
  /// Bytes written; 0 if there is no room.
  [[nodiscard]] static std::size_t write(MutableBytes to) noexcept {
    if (to.size() < EtherIpView::min_header_length) return 0;
    store_be(to.data(), std::uint16_t{0x3000});
    return EtherIpView::min_header_length;
  }
};

}  // namespace weir::wire
