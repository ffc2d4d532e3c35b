// VN-Tag (EtherType 0x8926): which virtual interfaces of a port extender a frame runs between.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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
  /// The bit behind it.
  [[nodiscard]] bool reserved() const noexcept { return (bytes_[2] & 0x40) != 0; }
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
  /// 14 bits.
  std::uint16_t destination_interface = 0;
  bool is_looped = false;
  /// The bit behind it.
  bool reserved = false;
  /// At most 3.
  std::uint8_t version = 0;
  /// 12 bits.
  std::uint16_t source_interface = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static VnTagFields of(const VnTagView& tag) noexcept {
    return {.is_downstream = tag.is_downstream(),
            .is_multicast = tag.is_multicast(),
            .destination_interface = tag.destination_interface(),
            .is_looped = tag.is_looped(),
            .reserved = tag.reserved(),
            .version = tag.version(),
            .source_interface = tag.source_interface(),
            .type_or_length = tag.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::vn_tag};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return VnTagView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (destination_interface > 0x3fff || version > 3 || source_interface > 0x0fff)
      return std::unexpected{WriteError::bad_value};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), (is_downstream ? 0x80000000U : 0U) | (is_multicast ? 0x40000000U : 0U) |
                            std::uint32_t{destination_interface} << 16 |
                            (is_looped ? 0x8000U : 0U) | (reserved ? 0x4000U : 0U) |
                            std::uint32_t{version} << 12 | source_interface);
    store_be(to.data() + 4, *number);
    return header_length();
  }
};

}  // namespace weir::wire
