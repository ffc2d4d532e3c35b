// ERSPAN types II and III (draft-foschiano-erspan-03) inside GRE; type I has no header of its own.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An ERSPAN header. Type I, GRE protocol 0x88be without a sequence number, is not for this view:
/// its frame starts right behind GRE.
class ErspanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::erspan};
  static constexpr std::size_t min_header_length = 8;
  static constexpr std::uint8_t type_ii = 1;
  static constexpr std::uint8_t type_iii = 2;

  [[nodiscard]] static std::expected<ErspanView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const ErspanView header{bytes};
    if (header.version() != type_ii && header.version() != type_iii) {
      return std::unexpected{ParseError::bad_version};
    }
    if (header.version() == type_iii && bytes.size() < type_iii_length) {
      return std::unexpected{ParseError::truncated};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// type_ii or type_iii.
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 4; }
  /// 12 bits.
  [[nodiscard]] std::uint16_t vlan() const noexcept { return field<std::uint16_t>(0) & 0x0fff; }
  [[nodiscard]] std::uint8_t class_of_service() const noexcept { return bytes_[2] >> 5; }
  /// The frame was cut before it was mirrored.
  [[nodiscard]] bool is_truncated() const noexcept { return (bytes_[2] & 0x04) != 0; }
  /// 10 bits.
  [[nodiscard]] std::uint16_t session_identifier() const noexcept {
    return field<std::uint16_t>(2) & 0x03ff;
  }
  /// Type II: port index, 20 bits. Otherwise 0.
  [[nodiscard]] std::uint32_t index() const noexcept {
    return version() == type_ii ? field<std::uint32_t>(4) & 0xfffff : 0;
  }
  /// Type III. Otherwise 0.
  [[nodiscard]] std::uint32_t timestamp() const noexcept {
    return version() == type_iii ? field<std::uint32_t>(4) : 0;
  }
  /// Type III: 0 is an Ethernet frame, 2 an IP packet. Always 0 in type II.
  [[nodiscard]] std::uint8_t frame_type() const noexcept {
    return version() == type_iii ? bytes_[10] >> 2 & 0x1f : 0;
  }
  /// Type III: eight more bytes stand before the frame.
  [[nodiscard]] bool has_subheader() const noexcept {
    return version() == type_iii && (bytes_[11] & 1) != 0;
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    if (version() == type_ii) return min_header_length;
    return type_iii_length + (has_subheader() ? 8 : 0);
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::size_t type_iii_length = 12;

  using View::View;
};

/// What write() makes a type II or III header of, without a subheader.
struct ErspanFields {
  std::uint8_t version = ErspanView::type_ii;
  std::uint16_t vlan = 0;
  std::uint8_t class_of_service = 0;
  bool is_truncated = false;
  std::uint16_t session_identifier = 0;
  /// Type II.
  std::uint32_t index = 0;
  /// Type III.
  std::uint32_t timestamp = 0;
  std::uint8_t frame_type = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const bool iii = version == ErspanView::type_iii;
    const std::size_t length = iii ? 12 : 8;
    if (to.size() < length) return 0;
    store_be(to.data(), static_cast<std::uint16_t>(version << 12 | (vlan & 0x0fff)));
    store_be(to.data() + 2,
             static_cast<std::uint16_t>((class_of_service & 7) << 13 | (is_truncated ? 0x0400 : 0) |
                                        (session_identifier & 0x03ff)));
    store_be(to.data() + 4, iii ? timestamp : index & 0xfffff);
    if (iii) store_be(to.data() + 8, std::uint32_t{frame_type & 0x1fU} << 10);
    return length;
  }
};

}  // namespace weir::wire
