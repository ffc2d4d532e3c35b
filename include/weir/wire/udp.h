// The User Datagram Protocol (RFC 768).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
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
  /// Left open: that of what follows, or 0.
  std::optional<std::uint16_t> destination_port{};
  /// Left open: of header and payload. 0 is a jumbogram's (RFC 2675 4). The checksum covers what
  /// it tells, where that is there.
  std::optional<std::uint16_t> length{};
  /// Left open: the right one. 0: none is computed.
  std::optional<std::uint16_t> checksum{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static UdpFields of(const UdpView& header) noexcept {
    return {.source_port = header.source_port(),
            .destination_port = header.destination_port(),
            .length = header.length(),
            .checksum = header.checksum()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::udp};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!destination_port) destination_port = next.port;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return UdpView::min_header_length;
  }
  [[nodiscard]] constexpr std::size_t stated_length() const noexcept { return length.value_or(0); }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    const std::size_t total = header_length() + payload.size();
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (!length && total > 0xffff) return std::unexpected{WriteError::too_long};
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port.value_or(0));
    store_be(to.data() + 4, length.value_or(static_cast<std::uint16_t>(total)));
    store_be(to.data() + 6, checksum.value_or(0));
    return header_length();
  }
  /// RFC 768: a sum of 0 is sent as 0xffff.
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    // Word by word, as the header was written: wider reads would have to wait for it.
    for (std::size_t offset = 0; offset < 6; offset += 2) {
      pseudo_header += WordSum::of(load_be<std::uint16_t>(message.data() + offset));
    }
    const std::uint16_t sum = internet_checksum(message.subspan(header_length()), pseudo_header);
    store_be(message.data() + 6, sum == 0 ? std::uint16_t{0xffff} : sum);
  }
};

}  // namespace weir::wire
