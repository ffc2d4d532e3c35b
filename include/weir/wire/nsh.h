// Network Service Header (RFC 8300).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/next_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A network service header with its context headers.
class NshView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::nsh};
  /// Values of next_protocol().
  using Next = NextProtocol;

  static constexpr std::size_t min_header_length = 8;
  static constexpr std::uint8_t md_type_fixed = 1;
  static constexpr std::uint8_t md_type_variable = 2;

  [[nodiscard]] static std::expected<NshView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const NshView header{bytes};
    if (header.version() != 0) return std::unexpected{ParseError::bad_version};
    // RFC 8300 2.2: the length is 6 words with the fixed context header, 2 or more without.
    const std::size_t length = header.header_length();
    const bool bad = header.md_type() == md_type_fixed ? length != fixed_context_length
                                                       : length < min_header_length;
    if (bad) return std::unexpected{ParseError::bad_header_length};
    if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 6; }
  [[nodiscard]] bool is_oam() const noexcept { return (bytes_[0] & 0x20) != 0; }
  /// Five bits: the one behind it, and the four before the MD type.
  [[nodiscard]] std::uint8_t unassigned() const noexcept {
    return static_cast<std::uint8_t>((bytes_[0] & 0x10) | bytes_[2] >> 4);
  }
  [[nodiscard]] std::uint8_t ttl() const noexcept {
    return static_cast<std::uint8_t>(field<std::uint16_t>(0) >> 6 & 0x3f);
  }
  /// In words of four bytes.
  [[nodiscard]] std::uint8_t length() const noexcept { return bytes_[1] & 0x3f; }
  [[nodiscard]] std::uint8_t md_type() const noexcept { return bytes_[2] & 0x0f; }
  /// Values without a name are legal.
  [[nodiscard]] Next next_protocol() const noexcept { return static_cast<Next>(bytes_[3]); }
  /// 24 bits.
  [[nodiscard]] std::uint32_t service_path_identifier() const noexcept {
    return field<std::uint32_t>(4) >> 8;
  }
  [[nodiscard]] std::uint8_t service_index() const noexcept { return bytes_[7]; }
  [[nodiscard]] Bytes context() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return 4 * std::size_t{length()}; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::size_t fixed_context_length = 24;

  using View::View;
};

/// What write() makes a network service header of.
struct NshFields {
  /// At most 3.
  std::uint8_t version = 0;
  bool is_oam = false;
  /// Five bits: the one behind it, and the four before the MD type.
  std::uint8_t unassigned = 0;
  /// At most 63.
  std::uint8_t ttl = 63;
  /// In words of four bytes, at most 63. Left open: of the whole header.
  std::optional<std::uint8_t> length{};
  /// At most 15.
  std::uint8_t md_type = NshView::md_type_variable;
  /// Left open: what follows, or Ethernet.
  std::optional<NshView::Next> next_protocol{};
  /// 24 bits.
  std::uint32_t service_path_identifier = 0;
  std::uint8_t service_index = 255;
  /// Borrowed; a multiple of four bytes, at most 244. 16 with md_type_fixed.
  Bytes context{};

  [[nodiscard]] static NshFields of(const NshView& header) noexcept {
    return {.version = header.version(),
            .is_oam = header.is_oam(),
            .unassigned = header.unassigned(),
            .ttl = header.ttl(),
            .length = header.length(),
            .md_type = header.md_type(),
            .next_protocol = header.next_protocol(),
            .service_path_identifier = header.service_path_identifier(),
            .service_index = header.service_index(),
            .context = header.context()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::nsh};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_protocol) next_protocol = next_protocol_of(next);
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return NshView::min_header_length + context.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 252) return std::unexpected{WriteError::too_long};
    const std::size_t words = length.value_or(header_length() / 4);
    const bool fits = version <= 3 && unassigned <= 31 && ttl <= 63 && words <= 63 &&
                      md_type <= 15 && service_path_identifier <= 0xffffff &&
                      context.size() % 4 == 0;
    if (!fits) return std::unexpected{WriteError::bad_value};
    store_be(to.data(),
             static_cast<std::uint16_t>(std::size_t{version} << 14 | (is_oam ? 0x2000U : 0U) |
                                        (unassigned & 0x10U) << 8 | std::size_t{ttl} << 6 | words));
    to[2] = static_cast<std::uint8_t>((unassigned & 0x0f) << 4 | md_type);
    to[3] = static_cast<std::uint8_t>(next_protocol.value_or(NshView::Next::ethernet));
    store_be(to.data() + 4, service_path_identifier << 8 | service_index);
    store_bytes(to.data() + NshView::min_header_length, context);
    return header_length();
  }
};

}  // namespace weir::wire
