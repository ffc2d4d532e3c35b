// IP over InfiniBand (LINKTYPE_IPOIB, RFC 4391 6): a global routing header, then an EtherType.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// What stands before the IP header in captures of IP over InfiniBand.
class IpoibView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipoib};
  static constexpr std::size_t min_header_length = 44;

  [[nodiscard]] static std::expected<IpoibView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return IpoibView{bytes};
  }

  /// The global routing header (InfiniBand 1.2 8.3); all zero where the capture has none.
  [[nodiscard]] Bytes routing_header() const noexcept {
    return bytes_.first(routing_header_length);
  }
  /// An EtherType.
  [[nodiscard]] std::uint16_t type() const noexcept {
    return field<std::uint16_t>(routing_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

  static constexpr std::size_t routing_header_length = 40;

 private:
  using View::View;
};

/// What write() makes an IPoIB header of.
struct IpoibFields {
  /// 40 bytes, or none for zeros.
  Bytes routing_header{};
  std::uint16_t type = 0;

  /// Bytes written; 0 if there is no room or the routing header has no legal length.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    constexpr std::size_t size = IpoibView::routing_header_length;
    if (to.size() < IpoibView::min_header_length) return 0;
    if (!routing_header.empty() && routing_header.size() != size) return 0;
    std::memset(to.data(), 0, IpoibView::min_header_length);
    store_bytes(to.data(), routing_header);
    store_be(to.data() + size, type);
    return IpoibView::min_header_length;
  }
};

}  // namespace weir::wire
