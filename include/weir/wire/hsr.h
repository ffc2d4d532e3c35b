// High-availability Seamless Redundancy (IEC 62439-3 5): the tag of frames sent both ways round a
// ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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
  /// At most 15.
  std::uint8_t path = 0;
  /// At most 4,095. Left open: of tag and payload.
  std::optional<std::uint16_t> lsdu_size{};
  std::uint16_t sequence_number = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static HsrFields of(const HsrView& tag) noexcept {
    return {.path = tag.path(),
            .lsdu_size = tag.lsdu_size(),
            .sequence_number = tag.sequence_number(),
            .type_or_length = tag.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::hsr};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return HsrView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::size_t size = lsdu_size.value_or(header_length() + payload.size());
    if (!lsdu_size && size > 0x0fff) return std::unexpected{WriteError::too_long};
    if (path > 15 || size > 0x0fff) return std::unexpected{WriteError::bad_value};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), static_cast<std::uint16_t>(std::size_t{path} << 12 | size));
    store_be(to.data() + 2, sequence_number);
    store_be(to.data() + 4, *number);
    return header_length();
  }
};

}  // namespace weir::wire
