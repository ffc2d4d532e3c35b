// UDP-Lite (RFC 3828): UDP whose checksum may cover only the start of the payload.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of a UDP-Lite packet; it ends where its IP datagram ends.
class UdpLiteView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::udp_lite};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<UdpLiteView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const UdpLiteView header{bytes};
    // RFC 3828 3.1: the checksum covers at least the header.
    const std::uint16_t coverage = header.checksum_coverage();
    if (coverage != 0 && coverage < min_header_length) {
      return std::unexpected{ParseError::bad_field};
    }
    return header;
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  /// Bytes from the start of the header the checksum covers; 0 is all.
  [[nodiscard]] std::uint16_t checksum_coverage() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(6); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a UDP-Lite header of.
struct UdpLiteFields {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// 0, or at least 8.
  std::uint16_t checksum_coverage = 0;
  /// Depends on the pseudo-header and the payload: see internet_checksum().
  std::uint16_t checksum = 0;

  /// Returns the bytes written; 0 if `to` is too small.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < UdpLiteView::min_header_length) return 0;
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port);
    store_be(to.data() + 4, checksum_coverage);
    store_be(to.data() + 6, checksum);
    return UdpLiteView::min_header_length;
  }
};

}  // namespace weir::wire
