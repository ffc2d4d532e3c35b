// SLIP as libpcap records it (LINKTYPE_SLIP): direction, kind and the compressed header (RFC 1144).
#pragma once

#include <array>
#include <cstdint>
#include <expected>

#include "weir/wire/fields.h"
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

  /// 0: received; 1: sent.
  [[nodiscard]] std::uint8_t direction() const noexcept { return bytes_[0]; }
  /// Whether the capturing host sent the packet.
  [[nodiscard]] bool sent() const noexcept { return direction() == 1; }
  /// 0x4x not compressed, 0x7x uncompressed TCP, 0x8x or higher compressed TCP.
  [[nodiscard]] std::uint8_t kind() const noexcept { return bytes_[1]; }

  /// The 14 bytes behind kind(), of the header as it was on the line.
  [[nodiscard]] Bytes compressed_header() const noexcept { return bytes_.subspan(2, 14); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a SLIP pseudo-header of.
struct SlipFields {
  /// 0: received; 1: sent.
  std::uint8_t direction = 0;
  std::uint8_t kind = 0x40;
  std::array<std::uint8_t, 14> compressed_header{};

  [[nodiscard]] static SlipFields of(const SlipView& header) noexcept {
    SlipFields fields{.direction = header.direction(), .kind = header.kind()};
    store_bytes(fields.compressed_header.data(), header.compressed_header());
    return fields;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return SlipView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = direction;
    to[1] = kind;
    store_bytes(to.data() + 2, compressed_header);
    return header_length();
  }
};

}  // namespace weir::wire
