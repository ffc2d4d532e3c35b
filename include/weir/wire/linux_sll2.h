// Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2): with the interface's index.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A version 2 cooked header.
class Sll2View : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::sll};
  static constexpr std::size_t min_header_length = 20;
  static constexpr std::size_t max_address_length = 8;

  [[nodiscard]] static std::expected<Sll2View, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return Sll2View{bytes};
  }

  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(0); }
  /// As the capturing host numbers it.
  [[nodiscard]] std::uint32_t interface_index() const noexcept { return field<std::uint32_t>(4); }
  [[nodiscard]] std::uint16_t arphrd_type() const noexcept { return field<std::uint16_t>(8); }
  /// 0 to us, 1 broadcast, 2 multicast, 3 to somebody else, 4 from us.
  [[nodiscard]] std::uint8_t packet_type() const noexcept { return bytes_[10]; }
  /// As the device has it; may exceed the eight bytes there is room for.
  [[nodiscard]] std::uint8_t address_length() const noexcept { return bytes_[11]; }
  /// The sender's link-layer address, cut to eight bytes.
  [[nodiscard]] Bytes address() const noexcept {
    return bytes_.subspan(12, std::min<std::size_t>(address_length(), max_address_length));
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a version 2 cooked header of.
struct Sll2Fields {
  std::uint16_t protocol = 0;
  std::uint32_t interface_index = 0;
  std::uint16_t arphrd_type = 0;
  std::uint8_t packet_type = 0;
  std::uint8_t address_length = 0;
  std::array<std::uint8_t, Sll2View::max_address_length> address{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < Sll2View::min_header_length) return 0;
    store_be(to.data(), protocol);
    store_be(to.data() + 2, std::uint16_t{0});
    store_be(to.data() + 4, interface_index);
    store_be(to.data() + 8, arphrd_type);
    to[10] = packet_type;
    to[11] = address_length;
    store_bytes(to.data() + 12, address);
    return Sll2View::min_header_length;
  }
};

}  // namespace weir::wire
