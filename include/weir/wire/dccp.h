// The Datagram Congestion Control Protocol (RFC 4340): the generic header.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

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
  /// RFC 4340 5.1: 0 request, 1 response, 2 data, 3 ack, 4 data-ack, 5 close request, 6 close, ...
  [[nodiscard]] std::uint8_t type() const noexcept { return field<std::uint8_t>(8) >> 1 & 0x0f; }
  /// The X bit.
  [[nodiscard]] bool extended_sequence_numbers() const noexcept {
    return (field<std::uint8_t>(8) & 1) != 0;
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
  std::uint16_t destination_port = 0;
  std::uint8_t ccval = 0;
  std::uint8_t checksum_coverage = 0;
  /// Depends on the pseudo-header and the payload: see internet_checksum().
  std::uint16_t checksum = 0;
  std::uint8_t type = 0;
  bool extended_sequence_numbers = true;
  std::uint64_t sequence_number = 0;
  /// A multiple of four bytes, at most 1004.
  Bytes rest_of_header{};

  /// Returns the bytes written; 0 if `to` is too small or the rest has no legal length.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t generic = extended_sequence_numbers ? 16 : DccpView::min_header_length;
    const std::size_t length = generic + rest_of_header.size();
    if (length % 4 != 0 || length / 4 > 0xff || to.size() < length) return 0;
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port);
    to[4] = static_cast<std::uint8_t>(length / 4);
    to[5] = static_cast<std::uint8_t>(ccval << 4 | (checksum_coverage & 0x0f));
    store_be(to.data() + 6, checksum);
    const auto type_bits = static_cast<std::uint8_t>((type & 0x0f) << 1);
    if (extended_sequence_numbers) {
      store_be(to.data() + 8, sequence_number & 0xffffffffffffU);
      to[8] = type_bits | 1;
    } else {
      store_be(to.data() + 8, static_cast<std::uint32_t>(sequence_number & 0xffffffU));
      to[8] = type_bits;
    }
    if (!rest_of_header.empty()) {
      std::memcpy(to.data() + generic, rest_of_header.data(), rest_of_header.size());
    }
    return length;
  }
};

}  // namespace weir::wire
