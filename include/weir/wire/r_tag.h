// R-TAG (IEEE 802.1CB 7.8, EtherType 0xf1c1): the sequence number of a frame sent on several paths.
#pragma once

#include <cstdint>
#include <expected>

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

  [[nodiscard]] std::uint16_t sequence_number() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(4); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an R-TAG of.
struct RTagFields {
  std::uint16_t sequence_number = 0;
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < RTagView::min_header_length) return 0;
    store_be(to.data(), std::uint16_t{0});
    store_be(to.data() + 2, sequence_number);
    store_be(to.data() + 4, type_or_length);
    return RTagView::min_header_length;
  }
};

}  // namespace weir::wire
