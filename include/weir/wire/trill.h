// TRILL (RFC 6325 3, EtherType 0x22f3): Ethernet frames between routing bridges.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A TRILL header with its options, from its version on; an Ethernet frame follows.
class TrillView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::trill};
  static constexpr std::size_t min_header_length = 6;

  [[nodiscard]] static std::expected<TrillView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const TrillView header{bytes};
    if (header.version() != 0) return std::unexpected{ParseError::bad_version};
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 6; }
  /// To several destinations; egress() names the tree.
  [[nodiscard]] bool is_multicast() const noexcept { return (bytes_[0] & 0x08) != 0; }
  /// Bytes; the field times four.
  [[nodiscard]] std::size_t options_length() const noexcept {
    return (field<std::uint16_t>(0) >> 6 & 0x1fU) * std::size_t{4};
  }
  [[nodiscard]] std::uint8_t hop_count() const noexcept { return bytes_[1] & 0x3f; }
  /// Nickname of the routing bridge the frame leaves through.
  [[nodiscard]] std::uint16_t egress() const noexcept { return field<std::uint16_t>(2); }
  /// Nickname of the routing bridge it came in through.
  [[nodiscard]] std::uint16_t ingress() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] Bytes options() const noexcept {
    return bytes_.subspan(min_header_length, options_length());
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return min_header_length + options_length();
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a TRILL header of.
struct TrillFields {
  bool is_multicast = false;
  std::uint8_t hop_count = 63;
  std::uint16_t egress = 0;
  std::uint16_t ingress = 0;
  /// A multiple of four bytes, at most 124.
  Bytes options{};

  /// Bytes written; 0 if there is no room or the options have no legal length.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = TrillView::min_header_length + options.size();
    if (to.size() < length || options.size() % 4 != 0 || options.size() > 124) return 0;
    store_be(to.data(), static_cast<std::uint16_t>((is_multicast ? 0x0800U : 0U) |
                                                   options.size() / 4 << 6 | (hop_count & 0x3fU)));
    store_be(to.data() + 2, egress);
    store_be(to.data() + 4, ingress);
    store_bytes(to.data() + TrillView::min_header_length, options);
    return length;
  }
};

}  // namespace weir::wire
