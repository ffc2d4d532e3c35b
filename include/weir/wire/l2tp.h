// L2TP version 2 (RFC 2661, UDP port 1701).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An L2TPv2 header with its optional fields. A length cuts off what is behind; a longer one than
/// was captured is believed. The payload is PPP in data messages, attributes in control messages.
class L2tpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::l2tp};
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

/// What write() makes an L2TPv2 header without an offset of.
struct L2tpFields {
  bool is_control = false;
  bool has_length = false;
  bool has_sequence = false;
  bool has_priority = false;
  /// Bytes of the whole message.
  std::uint16_t length = 0;
  std::uint16_t tunnel_identifier = 0;
  std::uint16_t session_identifier = 0;
  std::uint16_t ns = 0;
  std::uint16_t nr = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t size = 6U + (has_length ? 2U : 0U) + (has_sequence ? 4U : 0U);
    if (to.size() < size) return 0;
    std::uint8_t* next = to.data();
    const auto put = [&next](bool present, unsigned value) {
      if (!present) return;
      store_be(next, static_cast<std::uint16_t>(value));
      next += 2;
    };
    put(true, (is_control ? 0x8000U : 0U) | (has_length ? 0x4000U : 0U) |
                  (has_sequence ? 0x0800U : 0U) | (has_priority ? 0x0100U : 0U) | 2U);
    put(has_length, length);
    put(true, tunnel_identifier);
    put(true, session_identifier);
    put(has_sequence, ns);
    put(has_sequence, nr);
    return size;
  }
};

}  // namespace weir::wire
