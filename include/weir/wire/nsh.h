// Network Service Header (RFC 8300).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A network service header with its context headers.
class NshView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::nsh};
  /// Values of next_protocol().
  enum class Next : std::uint8_t { ipv4 = 1, ipv6 = 2, ethernet = 3, nsh = 4, mpls = 5 };

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
  [[nodiscard]] std::uint8_t ttl() const noexcept {
    return static_cast<std::uint8_t>(field<std::uint16_t>(0) >> 6 & 0x3f);
  }
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

  [[nodiscard]] std::size_t header_length() const noexcept {
    return 4 * std::size_t{bytes_[1] & 0x3fU};
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::size_t fixed_context_length = 24;

  using View::View;
};

/// What write() makes a network service header of.
struct NshFields {
  bool is_oam = false;
  /// 6 bits.
  std::uint8_t ttl = 63;
  std::uint8_t md_type = NshView::md_type_variable;
  NshView::Next next_protocol = NshView::Next::ethernet;
  std::uint32_t service_path_identifier = 0;
  std::uint8_t service_index = 255;
  /// Borrowed; a multiple of four bytes, at most 244. 16 with md_type_fixed.
  Bytes context{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = NshView::min_header_length + context.size();
    if (to.size() < length || length > 252 || length % 4 != 0) return 0;
    store_be(to.data(),
             static_cast<std::uint16_t>((is_oam ? 0x2000U : 0U) | (ttl & 0x3fU) << 6 | length / 4));
    to[2] = md_type & 0x0f;
    to[3] = static_cast<std::uint8_t>(next_protocol);
    store_be(to.data() + 4, service_path_identifier << 8 | service_index);
    store_bytes(to.data() + NshView::min_header_length, context);
    return length;
  }
};

}  // namespace weir::wire
