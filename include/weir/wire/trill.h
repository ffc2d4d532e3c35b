// TRILL (RFC 6325 3, EtherType 0x22f3): Ethernet frames between routing bridges.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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
  /// The two bits behind it.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return bytes_[0] >> 4 & 3; }
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
  /// At most 3.
  std::uint8_t version = 0;
  /// The two bits behind it.
  std::uint8_t reserved = 0;
  bool is_multicast = false;
  /// Bytes, a multiple of four, at most 124. Left open: of the options.
  std::optional<std::size_t> options_length{};
  /// At most 63.
  std::uint8_t hop_count = 63;
  std::uint16_t egress = 0;
  std::uint16_t ingress = 0;
  /// Borrowed. A multiple of four bytes, at most 124.
  Bytes options{};

  [[nodiscard]] static TrillFields of(const TrillView& header) noexcept {
    return {.version = header.version(),
            .reserved = header.reserved(),
            .is_multicast = header.is_multicast(),
            .options_length = header.options_length(),
            .hop_count = header.hop_count(),
            .egress = header.egress(),
            .ingress = header.ingress(),
            .options = header.options()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::trill};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return TrillView::min_header_length + options.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    constexpr std::size_t longest = 124;
    if (options.size() > longest) return std::unexpected{WriteError::too_long};
    const std::size_t counted = options_length.value_or(options.size());
    const bool fits = version <= 3 && reserved <= 3 && counted <= longest && counted % 4 == 0 &&
                      hop_count <= 0x3f && options.size() % 4 == 0;
    if (!fits) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), static_cast<std::uint16_t>(
                            std::size_t{version} << 14 | std::size_t{reserved} << 12 |
                            (is_multicast ? 0x0800U : 0U) | counted / 4 << 6 | hop_count));
    store_be(to.data() + 2, egress);
    store_be(to.data() + 4, ingress);
    store_bytes(to.data() + TrillView::min_header_length, options);
    return header_length();
  }
};

}  // namespace weir::wire
