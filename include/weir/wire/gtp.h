// GTP version 1 (3GPP TS 29.281 and 29.060): user plane on UDP port 2152, control on 2123.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A GTPv1 header with its optional fields and extension headers. Its length cuts off what is
/// behind; a longer one than was captured is believed.
class GtpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::gtp};
  static constexpr std::size_t min_header_length = 8;
  static constexpr std::uint8_t message_g_pdu = 255;

  /// Refused with bad_version: GTP' and every version but 1.
  [[nodiscard]] static std::expected<GtpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    GtpView header{bytes};
    if (header.version() != 1 || !header.protocol_type()) {
      return std::unexpected{ParseError::bad_version};
    }
    const std::size_t end = min_header_length + header.length();
    header.bytes_ = up_to(bytes, end);
    if (header.has_optional_fields()) header.header_length_ = long_header_length;
    if (header.header_length_ > end) return std::unexpected{ParseError::bad_length};
    if (header.header_length_ > bytes.size()) return std::unexpected{ParseError::truncated};
    if (header.has_extension()) {
      const auto chain = extensions_length(header.bytes_, bytes.size() < end);
      if (!chain) return std::unexpected{chain.error()};
      header.header_length_ += *chain;
    }
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 5; }
  /// 1 for GTP, 0 for GTP'.
  [[nodiscard]] bool protocol_type() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// The bit behind it.
  [[nodiscard]] bool reserved() const noexcept { return (bytes_[0] & 0x08) != 0; }
  [[nodiscard]] bool has_extension() const noexcept { return (bytes_[0] & 0x04) != 0; }
  [[nodiscard]] bool has_sequence_number() const noexcept { return (bytes_[0] & 0x02) != 0; }
  [[nodiscard]] bool has_n_pdu_number() const noexcept { return (bytes_[0] & 0x01) != 0; }
  /// 255 is G-PDU: the payload is a user's packet.
  [[nodiscard]] std::uint8_t message_type() const noexcept { return bytes_[1]; }
  /// Bytes behind the first eight.
  [[nodiscard]] std::uint16_t length() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t tunnel_endpoint_identifier() const noexcept {
    return field<std::uint32_t>(4);
  }
  /// Whether the three fields below are there: any of the three flags is set. They read as 0 where
  /// they are not; each means something with its own flag only (TS 29.281 5.1).
  [[nodiscard]] bool has_optional_fields() const noexcept { return (bytes_[0] & 0x07) != 0; }
  [[nodiscard]] std::uint16_t sequence_number() const noexcept {
    return has_optional_fields() ? field<std::uint16_t>(8) : std::uint16_t{0};
  }
  [[nodiscard]] std::uint8_t n_pdu_number() const noexcept {
    return has_optional_fields() ? bytes_[10] : std::uint8_t{0};
  }
  /// Type of the first extension header.
  [[nodiscard]] std::uint8_t next_extension() const noexcept {
    return has_optional_fields() ? bytes_[11] : std::uint8_t{0};
  }

  /// The extension headers: each one's first byte is its length in units of four, its last the type
  /// of the next.
  [[nodiscard]] Bytes extensions() const noexcept {
    return has_extension() ? bytes_.first(header_length_).subspan(long_header_length) : Bytes{};
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr std::size_t long_header_length = 12;

  using View::View;

  // TS 29.281 5.2.1: each one's first byte is its length in units of four, its last the next type.
  [[nodiscard]] static std::expected<std::size_t, ParseError> extensions_length(
      Bytes bytes, bool snapped) noexcept {
    const auto past_end = snapped ? ParseError::truncated : ParseError::bad_length;
    std::size_t end = long_header_length;
    while (bytes[end - 1] != 0) {
      if (end == bytes.size()) return std::unexpected{past_end};
      const std::size_t length = 4 * std::size_t{bytes[end]};
      if (length == 0) return std::unexpected{ParseError::bad_field};
      if (length > bytes.size() - end) return std::unexpected{past_end};
      end += length;
    }
    return end - long_header_length;
  }

  std::size_t header_length_ = min_header_length;
};

/// What write() makes a GTPv1 header of.
struct GtpFields {
  /// At most 7.
  std::uint8_t version = 1;
  /// True for GTP, false for GTP'.
  bool protocol_type = true;
  /// The bit behind it.
  bool reserved = false;
  bool has_extension = false;
  bool has_sequence_number = false;
  bool has_n_pdu_number = false;
  std::uint8_t message_type = GtpView::message_g_pdu;
  /// Bytes behind the first eight. Left open: all there are.
  std::optional<std::uint16_t> length{};
  std::uint32_t tunnel_endpoint_identifier = 0;
  /// Written with any of the three flags, as the two below.
  std::uint16_t sequence_number = 0;
  std::uint8_t n_pdu_number = 0;
  std::uint8_t next_extension = 0;
  /// Borrowed. A multiple of four bytes, with has_extension only: see GtpView::extensions().
  Bytes extensions{};

  [[nodiscard]] static GtpFields of(const GtpView& header) noexcept {
    return {.version = header.version(),
            .protocol_type = header.protocol_type(),
            .reserved = header.reserved(),
            .has_extension = header.has_extension(),
            .has_sequence_number = header.has_sequence_number(),
            .has_n_pdu_number = header.has_n_pdu_number(),
            .message_type = header.message_type(),
            .length = header.length(),
            .tunnel_endpoint_identifier = header.tunnel_endpoint_identifier(),
            .sequence_number = header.sequence_number(),
            .n_pdu_number = header.n_pdu_number(),
            .next_extension = header.next_extension(),
            .extensions = header.extensions()};
  }
  /// The user plane's port for users' packets, the control plane's for every other message.
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.port =
                message_type == GtpView::message_g_pdu ? std::uint16_t{2152} : std::uint16_t{2123}};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return GtpView::min_header_length + (has_optional_fields() ? 4U : 0U) + extensions.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::size_t behind = header_length() - GtpView::min_header_length + payload.size();
    if (!length && behind > 0xffff) return std::unexpected{WriteError::too_long};
    const bool fits =
        version <= 7 && extensions.size() % 4 == 0 && (has_extension || extensions.empty());
    if (!fits) return std::unexpected{WriteError::bad_value};
    to[0] =
        static_cast<std::uint8_t>(version << 5 | (protocol_type ? 0x10 : 0) |
                                  (reserved ? 0x08 : 0) | (has_extension ? 0x04 : 0) |
                                  (has_sequence_number ? 0x02 : 0) | (has_n_pdu_number ? 0x01 : 0));
    to[1] = message_type;
    store_be(to.data() + 2, length.value_or(static_cast<std::uint16_t>(behind)));
    store_be(to.data() + 4, tunnel_endpoint_identifier);
    if (has_optional_fields()) {
      store_be(to.data() + 8, sequence_number);
      to[10] = n_pdu_number;
      to[11] = next_extension;
      store_bytes(to.data() + 12, extensions);
    }
    return header_length();
  }

 private:
  [[nodiscard]] constexpr bool has_optional_fields() const noexcept {
    return has_extension || has_sequence_number || has_n_pdu_number;
  }
};

}  // namespace weir::wire
