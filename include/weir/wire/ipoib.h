// IP over InfiniBand (LINKTYPE_IPOIB, RFC 4391 6): a global routing header, then an EtherType.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// What stands before the IP header in captures of IP over InfiniBand.
class IpoibView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipoib};
  static constexpr std::size_t min_header_length = 44;
  static constexpr std::size_t routing_header_length = 40;

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
  /// RFC 4391 6: sent as zero.
  [[nodiscard]] std::uint16_t reserved() const noexcept {
    return field<std::uint16_t>(routing_header_length + 2);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an IPoIB header of.
struct IpoibFields {
  /// Borrowed: 40 bytes, or none for zeros.
  Bytes routing_header{};
  /// Left open: what follows, or 0.
  std::optional<std::uint16_t> type{};
  std::uint16_t reserved = 0;

  [[nodiscard]] static IpoibFields of(const IpoibView& header) noexcept {
    return {.routing_header = header.routing_header(),
            .type = header.type(),
            .reserved = header.reserved()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!type) type = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return IpoibView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    constexpr std::size_t size = IpoibView::routing_header_length;
    if (!routing_header.empty() && routing_header.size() != size) {
      return std::unexpected{WriteError::bad_value};
    }
    std::memset(to.data(), 0, size);
    store_bytes(to.data(), routing_header);
    store_be(to.data() + size, type.value_or(0));
    store_be(to.data() + size + 2, reserved);
    return header_length();
  }
};

}  // namespace weir::wire
