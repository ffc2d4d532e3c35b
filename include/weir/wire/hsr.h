// High-availability Seamless Redundancy (IEC 62439-3 5): the tag of frames sent both ways round a
// ring.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A tag from its path field on; the EtherType that announced it stands before. Frames of the first
/// edition are announced by the EtherType of supervision frames: see is_tag().
class HsrView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::hsr};
  static constexpr std::size_t min_header_length = 6;

  [[nodiscard]] static std::expected<HsrView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return HsrView{bytes};
  }
  /// Whether what follows EtherType 0x88fb is a tag, as the first edition had it (IEC
  /// 62439-3:2010), not a supervision frame: that has the type and length of its first value there,
  /// 0x14 to 0x17 and 6 or 12, which is no EtherType of a payload.
  [[nodiscard]] static bool is_tag(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return false;
    const auto type = load_be<std::uint16_t>(bytes.data() + 4);
    return type == 0x0800 || type == 0x86dd || type == 0x0806 || type == 0x8100;
  }

  /// 4 bits: which network and which way round.
  [[nodiscard]] std::uint8_t path() const noexcept { return bytes_[0] >> 4; }
  /// Bytes from the tag on, as the sender counted them; 12 bits.
  [[nodiscard]] std::uint16_t lsdu_size() const noexcept {
    return field<std::uint16_t>(0) & 0x0fff;
  }
  [[nodiscard]] std::uint16_t sequence_number() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(4); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an HSR tag of.
struct HsrFields {
  std::uint8_t path = 0;
  std::uint16_t lsdu_size = 0;
  std::uint16_t sequence_number = 0;
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < HsrView::min_header_length) return 0;
    store_be(to.data(), static_cast<std::uint16_t>((path & 15) << 12 | (lsdu_size & 0x0fff)));
    store_be(to.data() + 2, sequence_number);
    store_be(to.data() + 4, type_or_length);
    return HsrView::min_header_length;
  }
};

}  // namespace weir::wire
