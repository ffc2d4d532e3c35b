// Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2): with the interface's index.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/linux_sll.h"
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
  /// Sent as zero.
  [[nodiscard]] std::uint16_t reserved() const noexcept { return field<std::uint16_t>(2); }
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
  /// Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};
  std::uint16_t reserved = 0;
  std::uint32_t interface_index = 0;
  /// Left open: 802.11's or radiotap's where that follows, or Ethernet's.
  std::optional<std::uint16_t> arphrd_type{};
  std::uint8_t packet_type = 0;
  std::uint8_t address_length = 0;
  /// All eight bytes there is room for, whatever address_length says.
  std::array<std::uint8_t, Sll2View::max_address_length> address{};

  [[nodiscard]] static Sll2Fields of(const Sll2View& header) noexcept {
    Sll2Fields fields{.protocol = header.protocol(),
                      .reserved = header.reserved(),
                      .interface_index = header.interface_index(),
                      .arphrd_type = header.arphrd_type(),
                      .packet_type = header.packet_type(),
                      .address_length = header.address_length()};
    store_bytes(fields.address.data(), header.bytes().subspan(12, fields.address.size()));
    return fields;
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!protocol) protocol = next_sll_protocol(next);
    if (!arphrd_type) arphrd_type = next_arphrd_type(next);
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return Sll2View::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    store_be(to.data(), protocol.value_or(0));
    store_be(to.data() + 2, reserved);
    store_be(to.data() + 4, interface_index);
    store_be(to.data() + 8, arphrd_type.value_or(arp_hardware::ethernet));
    to[10] = packet_type;
    to[11] = address_length;
    store_bytes(to.data() + 12, address);
    return header_length();
  }
};

}  // namespace weir::wire
