// L2TP version 2 (RFC 2661, UDP port 1701).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An L2TPv2 header with its optional fields. A length cuts off what is behind; a longer one than
/// was captured is believed. The payload is PPP in data messages, attributes in control messages.
class L2tpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::l2tp};
  static constexpr std::uint16_t reserved_bits = 0x34f0;
  static constexpr std::size_t min_header_length = 6;

  /// Refused with bad_version: every version but 2, L2TPv3 among them.
  [[nodiscard]] static std::expected<L2tpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    L2tpView header{bytes};
    if (header.version() != 2) return std::unexpected{ParseError::bad_version};
    // RFC 2661 3.1: control messages have length and sequence numbers and no offset.
    const unsigned required = length_bit | sequence_bit;
    if (header.is_control() && (header.flags() & (required | offset_bit)) != required) {
      return std::unexpected{ParseError::bad_field};
    }
    header.header_length_ = header.offset_size_offset() + (header.has_offset() ? 2 : 0);
    if (header.header_length_ > bytes.size()) return std::unexpected{ParseError::truncated};
    header.header_length_ += header.offset_size();
    if (header.header_length_ > bytes.size()) return std::unexpected{ParseError::truncated};
    if (!header.has_length()) return header;
    if (header.length() < header.header_length_) return std::unexpected{ParseError::bad_length};
    header.bytes_ = up_to(bytes, header.length());
    return header;
  }

  [[nodiscard]] bool is_control() const noexcept { return (flags() & 0x8000) != 0; }
  [[nodiscard]] bool has_length() const noexcept { return (flags() & length_bit) != 0; }
  [[nodiscard]] bool has_sequence() const noexcept { return (flags() & sequence_bit) != 0; }
  [[nodiscard]] bool has_offset() const noexcept { return (flags() & offset_bit) != 0; }
  [[nodiscard]] bool has_priority() const noexcept { return (flags() & 0x0100) != 0; }
  /// The reserved bits of the first two bytes, where they stand: those of 0x34f0.
  [[nodiscard]] std::uint16_t reserved() const noexcept {
    return static_cast<std::uint16_t>(flags() & reserved_bits);
  }
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[1] & 0x0f; }
  // Fields that are not there read as 0.
  /// Bytes of the whole message.
  [[nodiscard]] std::uint16_t length() const noexcept { return optional(has_length(), 2); }
  [[nodiscard]] std::uint16_t tunnel_identifier() const noexcept {
    return field<std::uint16_t>(identifiers_offset());
  }
  [[nodiscard]] std::uint16_t session_identifier() const noexcept {
    return field<std::uint16_t>(identifiers_offset() + 2);
  }
  [[nodiscard]] std::uint16_t ns() const noexcept {
    return optional(has_sequence(), identifiers_offset() + 4);
  }
  [[nodiscard]] std::uint16_t nr() const noexcept {
    return optional(has_sequence(), identifiers_offset() + 6);
  }
  /// Bytes skipped behind this field.
  [[nodiscard]] std::uint16_t offset_size() const noexcept {
    return optional(has_offset(), offset_size_offset());
  }

  /// Empty without an offset.
  [[nodiscard]] Bytes offset_padding() const noexcept {
    return bytes_.subspan(header_length_ - offset_size(), offset_size());
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr unsigned length_bit = 0x4000;
  static constexpr unsigned sequence_bit = 0x0800;
  static constexpr unsigned offset_bit = 0x0200;

  using View::View;

  [[nodiscard]] unsigned flags() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::size_t identifiers_offset() const noexcept { return has_length() ? 4 : 2; }
  [[nodiscard]] std::size_t offset_size_offset() const noexcept {
    return identifiers_offset() + (has_sequence() ? 8 : 4);
  }
  [[nodiscard]] std::uint16_t optional(bool present, std::size_t offset) const noexcept {
    return present ? field<std::uint16_t>(offset) : std::uint16_t{0};
  }

  std::size_t header_length_ = 0;
};

/// What write() makes an L2TPv2 header of.
struct L2tpFields {
  bool is_control = false;
  bool has_length = false;
  bool has_sequence = false;
  bool has_offset = false;
  bool has_priority = false;
  /// Of those of L2tpView::reserved_bits.
  std::uint16_t reserved = 0;
  /// At most 15.
  std::uint8_t version = 2;
  /// Bytes of the whole message; with has_length. Left open: all there is.
  std::optional<std::uint16_t> length{};
  std::uint16_t tunnel_identifier = 0;
  std::uint16_t session_identifier = 0;
  std::uint16_t ns = 0;
  std::uint16_t nr = 0;
  /// Left open: of the padding.
  std::optional<std::uint16_t> offset_size{};
  /// Borrowed. Bytes skipped behind that field.
  Bytes offset_padding{};

  [[nodiscard]] static L2tpFields of(const L2tpView& header) noexcept {
    return {.is_control = header.is_control(),
            .has_length = header.has_length(),
            .has_sequence = header.has_sequence(),
            .has_offset = header.has_offset(),
            .has_priority = header.has_priority(),
            .reserved = header.reserved(),
            .version = header.version(),
            .length = header.length(),
            .tunnel_identifier = header.tunnel_identifier(),
            .session_identifier = header.session_identifier(),
            .ns = header.ns(),
            .nr = header.nr(),
            .offset_size = header.offset_size(),
            .offset_padding = header.offset_padding()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = 1701}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return 6U + (has_length ? 2U : 0U) + (has_sequence ? 4U : 0U) + (has_offset ? 2U : 0U) +
           offset_padding.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::size_t total = header_length() + payload.size();
    if (offset_padding.size() > 0xffff || (has_length && !length && total > 0xffff)) {
      return std::unexpected{WriteError::too_long};
    }
    const bool fits = version <= 15 && (reserved & ~L2tpView::reserved_bits) == 0 &&
                      (has_offset || offset_padding.empty());
    if (!fits) return std::unexpected{WriteError::bad_value};
    std::uint8_t* next = to.data();
    const auto put = [&next](bool present, std::size_t value) {
      if (!present) return;
      store_be(next, static_cast<std::uint16_t>(value));
      next += 2;
    };
    put(true, (is_control ? 0x8000U : 0U) | (has_length ? 0x4000U : 0U) |
                  (has_sequence ? 0x0800U : 0U) | (has_offset ? 0x0200U : 0U) |
                  (has_priority ? 0x0100U : 0U) | reserved | version);
    put(has_length, length.value_or(static_cast<std::uint16_t>(total)));
    put(true, tunnel_identifier);
    put(true, session_identifier);
    put(has_sequence, ns);
    put(has_sequence, nr);
    put(has_offset, offset_size.value_or(static_cast<std::uint16_t>(offset_padding.size())));
    store_bytes(next, offset_padding);
    return header_length();
  }
};

}  // namespace weir::wire
