// VN-Tag (EtherType 0x8926): which virtual interfaces of a port extender a frame runs between.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A tag from its first word on; the EtherType that announced it stands before.
class VnTagView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::vn_tag};
  static constexpr std::size_t min_header_length = 6;

  [[nodiscard]] static std::expected<VnTagView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return VnTagView{bytes};
  }

  /// Towards the virtual interface, away from the bridge.
  [[nodiscard]] bool is_downstream() const noexcept { return (bytes_[0] & 0x80) != 0; }
  /// destination_interface() names a list of interfaces.
  [[nodiscard]] bool is_multicast() const noexcept { return (bytes_[0] & 0x40) != 0; }
  /// 14 bits.
  [[nodiscard]] std::uint16_t destination_interface() const noexcept {
    return field<std::uint16_t>(0) & 0x3fff;
  }
  /// Came from the source interface and must not go back to it.
  [[nodiscard]] bool is_looped() const noexcept { return (bytes_[2] & 0x80) != 0; }
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[2] >> 4 & 3; }
  /// 12 bits.
  [[nodiscard]] std::uint16_t source_interface() const noexcept {
    return field<std::uint16_t>(2) & 0x0fff;
  }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(4); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a VN-Tag of.
struct VnTagFields {
  bool is_downstream = false;
  bool is_multicast = false;
  std::uint16_t destination_interface = 0;
  bool is_looped = false;
  std::uint16_t source_interface = 0;
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < VnTagView::min_header_length) return 0;
    store_be(to.data(), (is_downstream ? 0x80000000U : 0U) | (is_multicast ? 0x40000000U : 0U) |
                            (destination_interface & 0x3fffU) << 16 | (is_looped ? 0x8000U : 0U) |
                            (source_interface & 0x0fffU));
    store_be(to.data() + 4, type_or_length);
    return VnTagView::min_header_length;
  }
};

}  // namespace weir::wire
