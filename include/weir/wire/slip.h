// SLIP as libpcap records it (LINKTYPE_SLIP): direction, kind and the compressed header (RFC 1144).
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A SLIP pseudo-header; an IP packet follows, decompressed by the driver that recorded it.
class SlipView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::slip};
  static constexpr std::size_t min_header_length = 16;

  [[nodiscard]] static std::expected<SlipView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return SlipView{bytes};
  }

  /// Whether the capturing host sent the packet.
  [[nodiscard]] bool sent() const noexcept { return bytes_[0] == 1; }
  /// 0x4x not compressed, 0x7x uncompressed TCP, 0x8x or higher compressed TCP.
  [[nodiscard]] std::uint8_t kind() const noexcept { return bytes_[1]; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a SLIP pseudo-header of; the compressed header is written as 0.
struct SlipFields {
  bool sent = false;
  std::uint8_t kind = 0x40;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < SlipView::min_header_length) return 0;
    std::memset(to.data(), 0, SlipView::min_header_length);
    to[0] = sent ? 1 : 0;
    to[1] = kind;
    return SlipView::min_header_length;
  }
};

}  // namespace weir::wire
