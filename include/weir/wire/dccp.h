// The Datagram Congestion Control Protocol (RFC 4340): the generic header.
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

/// A checked view of a DCCP packet. header_length() covers what follows the generic header for the
/// packet's type, and the options.
class DccpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::dccp};
  static constexpr std::size_t min_header_length = 12;

  [[nodiscard]] static std::expected<DccpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const DccpView header{bytes};
    // RFC 4340 5.1: 12 bytes with short sequence numbers, 16 with extended ones.
    const std::size_t generic = header.extended_sequence_numbers() ? 16 : min_header_length;
    if (header.header_length() < generic) return std::unexpected{ParseError::bad_header_length};
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  /// Bytes: the data offset field times four.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return field<std::uint8_t>(4) * std::size_t{4};
  }
  [[nodiscard]] std::uint8_t ccval() const noexcept { return field<std::uint8_t>(5) >> 4; }
  [[nodiscard]] std::uint8_t checksum_coverage() const noexcept {
    return field<std::uint8_t>(5) & 0x0f;
  }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(6); }
  /// The three bits before the type.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return field<std::uint8_t>(8) >> 5; }
  /// RFC 4340 5.1: 0 request, 1 response, 2 data, 3 ack, 4 data-ack, 5 close request, 6 close, ...
  [[nodiscard]] std::uint8_t type() const noexcept { return field<std::uint8_t>(8) >> 1 & 0x0f; }
  /// The X bit.
  [[nodiscard]] bool extended_sequence_numbers() const noexcept {
    return (field<std::uint8_t>(8) & 1) != 0;
  }
  /// The byte before an extended sequence number; otherwise 0.
  [[nodiscard]] std::uint8_t last_reserved() const noexcept {
    return extended_sequence_numbers() ? field<std::uint8_t>(9) : std::uint8_t{0};
  }
  /// 24 bits, or 48 with the X bit.
  [[nodiscard]] std::uint64_t sequence_number() const noexcept {
    if (!extended_sequence_numbers()) return field<std::uint32_t>(8) & 0xffffffU;
    return field<std::uint64_t>(8) & 0xffffffffffffU;
  }
  /// Behind the generic header: acknowledgement, service code, options.
  [[nodiscard]] Bytes rest_of_header() const noexcept {
    const std::size_t generic = extended_sequence_numbers() ? 16 : min_header_length;
    return bytes_.subspan(generic, header_length() - generic);
  }

  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a generic DCCP header of.
struct DccpFields {
  std::uint16_t source_port = 0;
  /// Left open: that of what follows, or 0.
  std::optional<std::uint16_t> destination_port{};
  /// In words of four bytes. Left open: of the whole header.
  std::optional<std::uint8_t> data_offset{};
  /// At most 15.
  std::uint8_t ccval = 0;
  /// At most 15: 0 is all, 1 the header, each more four bytes of what follows (RFC 4340 9.2).
  std::uint8_t checksum_coverage = 0;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// The three bits before the type.
  std::uint8_t reserved = 0;
  /// At most 15.
  std::uint8_t type = 0;
  bool extended_sequence_numbers = true;
  /// The byte before an extended sequence number.
  std::uint8_t last_reserved = 0;
  /// 24 bits, or 48 if extended.
  std::uint64_t sequence_number = 0;
  /// Borrowed. A multiple of four bytes; the whole header has at most 1,020.
  Bytes rest_of_header{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static DccpFields of(const DccpView& header) noexcept {
    return {.source_port = header.source_port(),
            .destination_port = header.destination_port(),
            .data_offset = static_cast<std::uint8_t>(header.header_length() / 4),
            .ccval = header.ccval(),
            .checksum_coverage = header.checksum_coverage(),
            .checksum = header.checksum(),
            .reserved = header.reserved(),
            .type = header.type(),
            .extended_sequence_numbers = header.extended_sequence_numbers(),
            .last_reserved = header.last_reserved(),
            .sequence_number = header.sequence_number(),
            .rest_of_header = header.rest_of_header()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::dccp};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!destination_port) destination_port = next.port;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return generic_length() + rest_of_header.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() / 4 > 0xff) return std::unexpected{WriteError::too_long};
    const std::uint64_t last_number = extended_sequence_numbers ? 0xffffffffffff : 0xffffff;
    const bool fits = ccval <= 15 && checksum_coverage <= 15 && reserved <= 7 && type <= 15 &&
                      sequence_number <= last_number && rest_of_header.size() % 4 == 0;
    if (!fits) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port.value_or(0));
    to[4] = data_offset.value_or(static_cast<std::uint8_t>(header_length() / 4));
    to[5] = static_cast<std::uint8_t>(ccval << 4 | checksum_coverage);
    store_be(to.data() + 6, checksum.value_or(0));
    if (extended_sequence_numbers) {
      store_be(to.data() + 8, std::uint64_t{last_reserved} << 48 | sequence_number);
    } else {
      store_be(to.data() + 8, static_cast<std::uint32_t>(sequence_number));
    }
    to[8] =
        static_cast<std::uint8_t>(reserved << 5 | type << 1 | (extended_sequence_numbers ? 1 : 0));
    store_bytes(to.data() + generic_length(), rest_of_header);
    return header_length();
  }
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    store_be(message.data() + 6, std::uint16_t{0});
    const std::size_t words = message[5] & 0x0fU;
    const Bytes covered =
        words == 0 ? Bytes{message} : up_to(message, 4 * (message[4] + words - 1));
    store_be(message.data() + 6, internet_checksum(covered, pseudo_header));
  }

 private:
  [[nodiscard]] constexpr std::size_t generic_length() const noexcept {
    return extended_sequence_numbers ? 16 : DccpView::min_header_length;
  }
};

}  // namespace weir::wire
