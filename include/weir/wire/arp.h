// The Address Resolution Protocol (RFC 826), with addresses of any length.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

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

/// What write() makes an ARP packet of. The lengths come from the sender's addresses.
struct ArpFields {
  std::uint16_t hardware_type = 1;
  std::uint16_t protocol_type = 0x0800;
  std::uint16_t operation = 1;
  Bytes sender_hardware{};
  Bytes sender_protocol{};
  /// As long as the sender's.
  Bytes target_hardware{};
  /// As long as the sender's.
  Bytes target_protocol{};

  /// Returns the bytes written; 0 if `to` is too small, the lengths of sender and target differ or
  /// an address exceeds 255 bytes.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length =
        ArpView::min_header_length + 2 * (sender_hardware.size() + sender_protocol.size());
    if (to.size() < length || sender_hardware.size() > 0xff || sender_protocol.size() > 0xff ||
        sender_hardware.size() != target_hardware.size() ||
        sender_protocol.size() != target_protocol.size()) {
      return 0;
    }
    store_be(to.data(), hardware_type);
    store_be(to.data() + 2, protocol_type);
    to[4] = static_cast<std::uint8_t>(sender_hardware.size());
    to[5] = static_cast<std::uint8_t>(sender_protocol.size());
    store_be(to.data() + 6, operation);
    std::uint8_t* at = to.data() + ArpView::min_header_length;
    for (const Bytes address :
         {sender_hardware, sender_protocol, target_hardware, target_protocol}) {
      if (!address.empty()) std::memcpy(at, address.data(), address.size());
      at += address.size();
    }
    return length;
  }
};

}  // namespace weir::wire
