// UDP-Lite (RFC 3828): UDP whose checksum may cover only the start of the payload.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
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
  /// Left open: that of what follows, or 0.
  std::optional<std::uint16_t> destination_port{};
  /// Bytes from the start of the header; 0 is all. Left open: header and payload, or 0 where those
  /// are more than can be told.
  std::optional<std::uint16_t> checksum_coverage{};
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static UdpLiteFields of(const UdpLiteView& header) noexcept {
    return {.source_port = header.source_port(),
            .destination_port = header.destination_port(),
            .checksum_coverage = header.checksum_coverage(),
            .checksum = header.checksum()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::udp_lite};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!destination_port) destination_port = next.port;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return UdpLiteView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::size_t total = header_length() + payload.size();
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port.value_or(0));
    store_be(to.data() + 4,
             checksum_coverage.value_or(total > 0xffff ? std::uint16_t{0}
                                                       : static_cast<std::uint16_t>(total)));
    store_be(to.data() + 6, checksum.value_or(0));
    return header_length();
  }
  /// RFC 3828 3.1: a sum of 0 is sent as 0xffff.
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    store_be(message.data() + 6, std::uint16_t{0});
    const std::size_t coverage = load_be<std::uint16_t>(message.data() + 4);
    const Bytes covered = coverage == 0 ? Bytes{message} : up_to(message, coverage);
    const std::uint16_t sum = internet_checksum(covered, pseudo_header);
    store_be(message.data() + 6, sum == 0 ? std::uint16_t{0xffff} : sum);
  }
};

}  // namespace weir::wire
