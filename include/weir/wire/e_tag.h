// E-TAG (IEEE 802.1BR 7.5, EtherType 0x893f): the channel of a port extender a frame belongs to.
#pragma once

#include <cstdint>
#include <expected>

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
  std::uint8_t priority = 0;
  bool drop_eligible = false;
  std::uint32_t ingress_channel = 0;
  std::uint8_t group = 0;
  std::uint32_t channel = 0;
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < ETagView::min_header_length) return 0;
    store_be(to.data(), (priority & 7U) << 29 | (drop_eligible ? 0x10000000U : 0U) |
                            (ingress_channel & 0x0fffU) << 16 | (group & 3U) << 12 |
                            (channel & 0x0fffU));
    to[4] = static_cast<std::uint8_t>(ingress_channel >> 12);
    to[5] = static_cast<std::uint8_t>(channel >> 12);
    store_be(to.data() + 6, type_or_length);
    return ETagView::min_header_length;
  }
};

}  // namespace weir::wire
