// FDDI (ANSI X3.139): frame control and addresses.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An FDDI header.
class FddiView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::fddi};
  static constexpr std::size_t min_header_length = 13;

  [[nodiscard]] static std::expected<FddiView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return FddiView{bytes};
  }

  [[nodiscard]] std::uint8_t frame_control() const noexcept { return bytes_[0]; }
  /// LLC follows, asynchronous or synchronous; otherwise it is a token, MAC or management frame.
  [[nodiscard]] bool is_llc() const noexcept { return (frame_control() & 0x70) == 0x50; }
  [[nodiscard]] MacAddress destination() const noexcept {
    return MacAddress::load(bytes_.data() + 1);
  }
  [[nodiscard]] MacAddress source() const noexcept { return MacAddress::load(bytes_.data() + 7); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an FDDI header of.
struct FddiFields {
  /// LLC follows unless told otherwise.
  std::uint8_t frame_control = 0x50;
  MacAddress destination{};
  MacAddress source{};

  [[nodiscard]] static FddiFields of(const FddiView& frame) noexcept {
    return {.frame_control = frame.frame_control(),
            .destination = frame.destination(),
            .source = frame.source()};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return FddiView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = frame_control;
    store_bytes(to.data() + 1, destination.octets);
    store_bytes(to.data() + 7, source.octets);
    return header_length();
  }
};

}  // namespace weir::wire
