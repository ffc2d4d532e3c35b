// E-TAG (IEEE 802.1BR 7.5, EtherType 0x893f): the channel of a port extender a frame belongs to.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A tag from its control information on; the EtherType that announced it stands before.
class ETagView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::e_tag};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<ETagView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return ETagView{bytes};
  }

  /// E-PCP, 0 to 7.
  [[nodiscard]] std::uint8_t priority() const noexcept { return bytes_[0] >> 5; }
  [[nodiscard]] bool drop_eligible() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// Where the frame entered: 20 bits, the extension before the base.
  [[nodiscard]] std::uint32_t ingress_channel() const noexcept {
    return std::uint32_t{bytes_[4]} << 12 | (field<std::uint16_t>(0) & 0x0fffU);
  }
  /// The two bits before the group.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return bytes_[2] >> 6; }
  /// GRP; not 0 for a channel of several ports.
  [[nodiscard]] std::uint8_t group() const noexcept { return bytes_[2] >> 4 & 3; }
  /// E-CID, 20 bits, the extension before the base.
  [[nodiscard]] std::uint32_t channel() const noexcept {
    return std::uint32_t{bytes_[5]} << 12 | (field<std::uint16_t>(2) & 0x0fffU);
  }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(6); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an E-TAG of.
struct ETagFields {
  /// At most 7.
  std::uint8_t priority = 0;
  bool drop_eligible = false;
  /// 20 bits.
  std::uint32_t ingress_channel = 0;
  /// The two bits before the group.
  std::uint8_t reserved = 0;
  /// At most 3.
  std::uint8_t group = 0;
  /// 20 bits.
  std::uint32_t channel = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static ETagFields of(const ETagView& tag) noexcept {
    return {.priority = tag.priority(),
            .drop_eligible = tag.drop_eligible(),
            .ingress_channel = tag.ingress_channel(),
            .reserved = tag.reserved(),
            .group = tag.group(),
            .channel = tag.channel(),
            .type_or_length = tag.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::e_tag};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return ETagView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const bool fits = priority <= 7 && ingress_channel <= 0xfffff && reserved <= 3 && group <= 3 &&
                      channel <= 0xfffff;
    if (!fits) return std::unexpected{WriteError::bad_value};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), std::uint32_t{priority} << 29 | (drop_eligible ? 0x10000000U : 0U) |
                            (ingress_channel & 0x0fffU) << 16 | std::uint32_t{reserved} << 14 |
                            std::uint32_t{group} << 12 | (channel & 0x0fffU));
    to[4] = static_cast<std::uint8_t>(ingress_channel >> 12);
    to[5] = static_cast<std::uint8_t>(channel >> 12);
    store_be(to.data() + 6, *number);
    return header_length();
  }
};

}  // namespace weir::wire
