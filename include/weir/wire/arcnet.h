// ARCNET as BSD records it (LINKTYPE_ARCNET_BSD): RFC 1051 and RFC 1201 headers.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An ARCNET header: three bytes with the old protocols of RFC 1051; six with a fragmentation
/// header (RFC 1201), ten in its exception form.
class ArcnetView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::arcnet};
  static constexpr std::size_t min_header_length = 3;
  static constexpr std::uint8_t type_ipv6 = 0xc4;
  static constexpr std::uint8_t type_ipv4 = 0xd4;
  static constexpr std::uint8_t type_arp = 0xd5;
  static constexpr std::uint8_t type_rarp = 0xd6;
  static constexpr std::uint8_t type_ipv4_old = 0xf0;
  static constexpr std::uint8_t type_arp_old = 0xf1;

  [[nodiscard]] static std::expected<ArcnetView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const ArcnetView header{bytes};
    if (header.has_fragmentation() && bytes.size() < fragmented_length) {
      return std::unexpected{ParseError::truncated};
    }
    if (bytes.size() < header.header_length()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t source() const noexcept { return bytes_[0]; }
  /// 0 is broadcast.
  [[nodiscard]] std::uint8_t destination() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint8_t type() const noexcept { return bytes_[2]; }
  [[nodiscard]] bool has_fragmentation() const noexcept {
    return type() != type_ipv4_old && type() != type_arp_old;
  }
  /// 0 if unfragmented or without a fragmentation header.
  [[nodiscard]] std::uint8_t split_flag() const noexcept {
    if (!has_fragmentation()) return 0;
    return bytes_[is_exception() ? 7 : 3];
  }
  [[nodiscard]] std::uint16_t sequence_number() const noexcept {
    if (!has_fragmentation()) return 0;
    return field<std::uint16_t>(is_exception() ? 8 : 4);
  }
  /// RFC 1201: an even flag above 0 is a fragment behind the first, which starts with no header.
  [[nodiscard]] bool is_later_fragment() const noexcept {
    return split_flag() != 0 && split_flag() % 2 == 0;
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    if (!has_fragmentation()) return min_header_length;
    return is_exception() ? exception_length : fragmented_length;
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::size_t fragmented_length = 6;
  static constexpr std::size_t exception_length = 10;

  using View::View;

  [[nodiscard]] bool is_exception() const noexcept { return bytes_[3] == 0xff; }
};

/// What write() makes an ARCNET header of, never in the exception form.
struct ArcnetFields {
  std::uint8_t source = 0;
  std::uint8_t destination = 0;
  std::uint8_t type = ArcnetView::type_ipv4;
  std::uint8_t split_flag = 0;
  std::uint16_t sequence_number = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const bool old = type == ArcnetView::type_ipv4_old || type == ArcnetView::type_arp_old;
    const std::size_t length = old ? 3 : 6;
    if (to.size() < length) return 0;
    to[0] = source;
    to[1] = destination;
    to[2] = type;
    if (!old) {
      to[3] = split_flag;
      store_be(to.data() + 4, sequence_number);
    }
    return length;
  }
};

}  // namespace weir::wire
