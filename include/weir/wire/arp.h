// The Address Resolution Protocol (RFC 826), with addresses of any length.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of an ARP packet. Addresses are as long as the packet says: an Ethernet and IPv4
/// one has 6 and 4 bytes.
class ArpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::arp};
  /// The fixed part; four addresses follow.
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<ArpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const ArpView header{bytes};
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// RFC 826 ar$hrd: 1 is Ethernet.
  [[nodiscard]] std::uint16_t hardware_type() const noexcept { return field<std::uint16_t>(0); }
  /// RFC 826 ar$pro, an EtherType: 0x0800 is IPv4.
  [[nodiscard]] std::uint16_t protocol_type() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint8_t hardware_length() const noexcept { return field<std::uint8_t>(4); }
  [[nodiscard]] std::uint8_t protocol_length() const noexcept { return field<std::uint8_t>(5); }
  /// RFC 826 ar$op: 1 request, 2 reply.
  [[nodiscard]] std::uint16_t operation() const noexcept { return field<std::uint16_t>(6); }
  [[nodiscard]] Bytes sender_hardware() const noexcept {
    return bytes_.subspan(min_header_length, hardware_length());
  }
  [[nodiscard]] Bytes sender_protocol() const noexcept {
    return bytes_.subspan(min_header_length + hardware_length(), protocol_length());
  }
  [[nodiscard]] Bytes target_hardware() const noexcept {
    return bytes_.subspan(min_header_length + hardware_length() + protocol_length(),
                          hardware_length());
  }
  [[nodiscard]] Bytes target_protocol() const noexcept {
    return bytes_.subspan(
        min_header_length + std::size_t{2} * hardware_length() + protocol_length(),
        protocol_length());
  }

  /// Fixed part and the four addresses.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return min_header_length + std::size_t{2} * hardware_length() +
           std::size_t{2} * protocol_length();
  }
  /// What follows the addresses: padding of the link layer.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes an ARP packet of.
struct ArpFields {
  std::uint16_t hardware_type = 1;
  std::uint16_t protocol_type = ether_type::ipv4;
  /// Left open: of the sender's addresses.
  std::optional<std::uint8_t> hardware_length{};
  std::optional<std::uint8_t> protocol_length{};
  std::uint16_t operation = 1;
  /// Borrowed, as the three others; the target's are as long as the sender's.
  Bytes sender_hardware{};
  Bytes sender_protocol{};
  Bytes target_hardware{};
  Bytes target_protocol{};

  [[nodiscard]] static ArpFields of(const ArpView& packet) noexcept {
    return {.hardware_type = packet.hardware_type(),
            .protocol_type = packet.protocol_type(),
            .hardware_length = packet.hardware_length(),
            .protocol_length = packet.protocol_length(),
            .operation = packet.operation(),
            .sender_hardware = packet.sender_hardware(),
            .sender_protocol = packet.sender_protocol(),
            .target_hardware = packet.target_hardware(),
            .target_protocol = packet.target_protocol()};
  }
  /// RARP (RFC 903) has an EtherType of its own.
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    const bool is_reverse = operation == 3 || operation == 4;
    return {.ether_type = is_reverse ? ether_type::rarp : ether_type::arp};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return ArpView::min_header_length + sender_hardware.size() + sender_protocol.size() +
           target_hardware.size() + target_protocol.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (sender_hardware.size() > 0xff || sender_protocol.size() > 0xff) {
      return std::unexpected{WriteError::too_long};
    }
    if (sender_hardware.size() != target_hardware.size() ||
        sender_protocol.size() != target_protocol.size()) {
      return std::unexpected{WriteError::bad_value};
    }
    store_be(to.data(), hardware_type);
    store_be(to.data() + 2, protocol_type);
    to[4] = hardware_length.value_or(static_cast<std::uint8_t>(sender_hardware.size()));
    to[5] = protocol_length.value_or(static_cast<std::uint8_t>(sender_protocol.size()));
    store_be(to.data() + 6, operation);
    std::uint8_t* at = to.data() + ArpView::min_header_length;
    for (const Bytes address :
         {sender_hardware, sender_protocol, target_hardware, target_protocol}) {
      store_bytes(at, address);
      at += address.size();
    }
    return header_length();
  }
};

}  // namespace weir::wire
