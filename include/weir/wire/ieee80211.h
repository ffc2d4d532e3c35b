// 802.11: the MAC header of every frame type, enough to reach LLC or to say it is encrypted.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An 802.11 MAC header (IEEE 802.11-2020 9.2); numbers in it are little-endian. The frame check
/// sequence must have been cut off by whoever knows whether it is there.
class WlanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::wlan};
  enum class Type : std::uint8_t { management, control, data, extension };

  static constexpr std::size_t min_header_length = 10;

  /// `padded`: the header is followed by bytes up to a multiple of four, as some adapters do.
  [[nodiscard]] static std::expected<WlanView, ParseError> parse(Bytes bytes,
                                                                 bool padded = false) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const std::size_t mac = mac_header_length(bytes);
    const std::size_t length = padded ? (mac + 3) & ~std::size_t{3} : mac;
    const WlanView frame{bytes, length};
    if (frame.version() != 0) return std::unexpected{ParseError::bad_version};
    // A frame that ends with its header is not padded.
    if (bytes.size() == mac) return WlanView{bytes, mac};
    if (bytes.size() < length) return std::unexpected{ParseError::truncated};
    return frame;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] & 3; }
  [[nodiscard]] Type type() const noexcept { return static_cast<Type>(bytes_[0] >> 2 & 3); }
  [[nodiscard]] std::uint8_t subtype() const noexcept { return bytes_[0] >> 4; }
  [[nodiscard]] bool to_ds() const noexcept { return (bytes_[1] & 0x01) != 0; }
  [[nodiscard]] bool from_ds() const noexcept { return (bytes_[1] & 0x02) != 0; }
  [[nodiscard]] bool more_fragments() const noexcept { return (bytes_[1] & 0x04) != 0; }
  [[nodiscard]] bool retry() const noexcept { return (bytes_[1] & 0x08) != 0; }
  /// The payload is encrypted.
  [[nodiscard]] bool is_protected() const noexcept { return (bytes_[1] & 0x40) != 0; }
  [[nodiscard]] std::uint16_t duration() const noexcept { return field_le<std::uint16_t>(2); }
  /// Addresses the header has: one to four.
  [[nodiscard]] int address_count() const noexcept {
    if (type() == Type::control || type() == Type::extension) return header_length_ < 16 ? 1 : 2;
    return type() == Type::data && to_ds() && from_ds() ? 4 : 3;
  }
  /// The address of a number from 1 to address_count(); all zero for any other.
  [[nodiscard]] MacAddress address(int number) const noexcept {
    if (number < 1 || number > address_count()) return {};
    constexpr std::size_t fourth = 24;
    const std::size_t offset = number == 4 ? fourth : 4 + 6 * static_cast<std::size_t>(number - 1);
    return MacAddress::load(bytes_.data() + offset);
  }
  /// 12 bits; 0 in control frames.
  [[nodiscard]] std::uint16_t sequence_number() const noexcept {
    return static_cast<std::uint16_t>(sequence_control() >> 4);
  }
  /// Not 0: a later fragment, which starts with no LLC header.
  [[nodiscard]] std::uint8_t fragment_number() const noexcept { return sequence_control() & 0x0f; }
  [[nodiscard]] bool is_qos() const noexcept {
    return type() == Type::data && (subtype() & qos) != 0;
  }
  /// 0 where is_qos() is not true.
  [[nodiscard]] std::uint16_t qos_control() const noexcept {
    return is_qos() ? field_le<std::uint16_t>(qos_offset(bytes_)) : std::uint16_t{0};
  }
  /// The payload is several MSDUs, each with a header of its own.
  [[nodiscard]] bool is_aggregate() const noexcept { return (qos_control() & 0x80) != 0; }
  /// Whether payload() starts with an LLC header in clear.
  [[nodiscard]] bool carries_llc() const noexcept {
    return type() == Type::data && (subtype() & no_data) == 0 && !is_protected() &&
           fragment_number() == 0 && !is_aggregate();
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr unsigned no_data = 4;
  static constexpr unsigned qos = 8;
  static constexpr std::size_t address_size = MacAddress::size;

  WlanView(Bytes bytes, std::size_t header_length) noexcept
      : View{bytes}, header_length_{header_length} {}

  [[nodiscard]] std::uint16_t sequence_control() const noexcept {
    const bool has_it = type() == Type::management || type() == Type::data;
    return has_it ? field_le<std::uint16_t>(22) : std::uint16_t{0};
  }
  [[nodiscard]] static std::size_t qos_offset(Bytes bytes) noexcept {
    return 24 + ((bytes[1] & 3) == 3 ? address_size : 0);
  }
  [[nodiscard]] static std::size_t mac_header_length(Bytes bytes) noexcept {
    const unsigned subtype = bytes[0] >> 4;
    const std::size_t ht_control = (bytes[1] & 0x80) != 0 ? 4 : 0;
    switch (static_cast<Type>(bytes[0] >> 2 & 3)) {
      case Type::management:
        return 24 + ht_control;
      case Type::data:
        return qos_offset(bytes) + ((subtype & qos) != 0 ? 2 + ht_control : 0);
      case Type::control:
        return control_header_length(subtype);
      case Type::extension:
        break;
    }
    return min_header_length;
  }
  [[nodiscard]] static std::size_t control_header_length(unsigned subtype) noexcept {
    switch (subtype) {
      case 4:   // beamforming report poll
      case 5:   // VHT NDP announcement
      case 8:   // block acknowledgement request
      case 9:   // block acknowledgement
      case 10:  // PS-Poll
      case 11:  // RTS
      case 14:  // CF-End
      case 15:  // CF-End with CF-Ack
        return 16;
      default:  // CTS, acknowledgement, and what is not known
        return min_header_length;
    }
  }

  std::size_t header_length_;
};

/// What write() makes the header of a data frame of: three addresses, with QoS control if asked.
struct WlanFields {
  bool to_ds = false;
  bool from_ds = false;
  bool is_protected = false;
  bool is_qos = false;
  std::uint16_t duration = 0;
  MacAddress address_1{};
  MacAddress address_2{};
  MacAddress address_3{};
  /// 12 bits.
  std::uint16_t sequence_number = 0;
  std::uint8_t fragment_number = 0;
  /// Written if to_ds and from_ds.
  MacAddress address_4{};
  std::uint16_t qos_control = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t qos_offset = to_ds && from_ds ? 30 : 24;
    const std::size_t length = qos_offset + (is_qos ? 2 : 0);
    if (to.size() < length) return 0;
    to[0] = is_qos ? 0x88 : 0x08;
    to[1] =
        static_cast<std::uint8_t>((to_ds ? 1 : 0) | (from_ds ? 2 : 0) | (is_protected ? 0x40 : 0));
    store_le(to.data() + 2, duration);
    store_bytes(to.data() + 4, address_1.octets);
    store_bytes(to.data() + 10, address_2.octets);
    store_bytes(to.data() + 16, address_3.octets);
    store_le(to.data() + 22,
             static_cast<std::uint16_t>(sequence_number << 4 | (fragment_number & 0x0f)));
    if (to_ds && from_ds) store_bytes(to.data() + 24, address_4.octets);
    if (is_qos) store_le(to.data() + qos_offset, qos_control);
    return length;
  }
};

}  // namespace weir::wire
