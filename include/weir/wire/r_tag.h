// R-TAG (IEEE 802.1CB 7.8, EtherType 0xf1c1): the sequence number of a frame sent on several paths.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A tag from its reserved field on; the EtherType that announced it stands before.
class RTagView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::r_tag};
  static constexpr std::size_t min_header_length = 6;

  [[nodiscard]] static std::expected<RTagView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return RTagView{bytes};
  }

  [[nodiscard]] std::uint16_t reserved() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t sequence_number() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(4); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an R-TAG of.
struct RTagFields {
  std::uint16_t reserved = 0;
  std::uint16_t sequence_number = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static RTagFields of(const RTagView& tag) noexcept {
    return {.reserved = tag.reserved(),
            .sequence_number = tag.sequence_number(),
            .type_or_length = tag.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::r_tag};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return RTagView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), reserved);
    store_be(to.data() + 2, sequence_number);
    store_be(to.data() + 4, *number);
    return header_length();
  }
};

}  // namespace weir::wire
