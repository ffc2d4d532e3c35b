// The User Datagram Protocol (RFC 768).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of a UDP datagram. What lies past its length is dropped; a length beyond the
/// captured bytes is only cut for reading.
class UdpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::udp};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<UdpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const UdpView header{bytes};
    const std::size_t length = header.length();
    // Length 0: a jumbogram (RFC 2675 4) or left to the adapter by segmentation offload.
    if (length == 0 || length > bytes.size()) return header;
    if (length < min_header_length) return std::unexpected{ParseError::bad_length};
    return UdpView{bytes.first(length)};
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  /// Bytes of header and payload on the wire, as the header says; 0 in a jumbogram.
  [[nodiscard]] std::uint16_t length() const noexcept { return field<std::uint16_t>(4); }
  /// 0: none was computed.
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(6); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// Bytes behind the header on the wire, or what was captured where the length is 0; payload() may
  /// hold fewer.
  [[nodiscard]] std::size_t payload_length() const noexcept {
    return (length() != 0 ? length() : bytes_.size()) - min_header_length;
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a UDP header of.
struct UdpFields {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// Depends on the pseudo-header and the payload: see internet_checksum().
  std::uint16_t checksum = 0;

  /// Writes the header of a datagram with `payload_length` bytes behind it; more than fit are
  /// written as length 0. Returns the bytes written; 0 if `to` is too small.
  [[nodiscard]] std::size_t write(MutableBytes to, std::size_t payload_length) const noexcept {
    if (to.size() < UdpView::min_header_length) return 0;
    const std::size_t length = UdpView::min_header_length + payload_length;
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port);
    store_be(to.data() + 4, static_cast<std::uint16_t>(length > 0xffff ? 0 : length));
    store_be(to.data() + 6, checksum);
    return UdpView::min_header_length;
  }
};

}  // namespace weir::wire
