// 802.11: the MAC header of every frame type, enough to reach LLC or to say it is encrypted.
#pragma once

#include <cstdint>
#include <expected>
#include <utility>

#include "weir/address.h"
#include "weir/wire/fields.h"
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
  /// The bit of data frames' subtypes that says QoS control is there.
  static constexpr unsigned qos = 8;

  /// `padded`: the header is followed by bytes up to a multiple of four, as some adapters do.
  [[nodiscard]] static std::expected<WlanView, ParseError> parse(Bytes bytes,
                                                                 bool padded = false) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const std::size_t mac = mac_header_length(bytes[0], bytes[1]);
    const std::size_t length = padded ? (mac + 3) & ~std::size_t{3} : mac;
    const WlanView frame{bytes, length};
    if (frame.version() != 0) return std::unexpected{ParseError::bad_version};
    // A frame that ends with its header is not padded.
    if (bytes.size() == mac) return WlanView{bytes, mac};
    if (bytes.size() < length) return std::unexpected{ParseError::truncated};
    return frame;
  }

  /// Bytes of the header whose frame control is these two, padding left out.
  [[nodiscard]] static constexpr std::size_t mac_header_length(std::uint8_t first,
                                                               std::uint8_t second) noexcept {
    const unsigned subtype = first >> 4;
    const std::size_t ht_control = (second & 0x80) != 0 ? 4 : 0;
    switch (static_cast<Type>(first >> 2 & 3)) {
      case Type::management:
        return 24 + ht_control;
      case Type::data:
        return qos_offset(second) + ((subtype & qos) != 0 ? 2 + ht_control : 0);
      case Type::control:
        return control_header_length(subtype);
      case Type::extension:
        break;
    }
    return min_header_length;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] & 3; }
  [[nodiscard]] Type type() const noexcept { return static_cast<Type>(bytes_[0] >> 2 & 3); }
  [[nodiscard]] std::uint8_t subtype() const noexcept { return bytes_[0] >> 4; }
  [[nodiscard]] bool to_ds() const noexcept { return (bytes_[1] & 0x01) != 0; }
  [[nodiscard]] bool from_ds() const noexcept { return (bytes_[1] & 0x02) != 0; }
  [[nodiscard]] bool more_fragments() const noexcept { return (bytes_[1] & 0x04) != 0; }
  [[nodiscard]] bool retry() const noexcept { return (bytes_[1] & 0x08) != 0; }
  [[nodiscard]] bool power_management() const noexcept { return (bytes_[1] & 0x10) != 0; }
  [[nodiscard]] bool more_data() const noexcept { return (bytes_[1] & 0x20) != 0; }
  /// The payload is encrypted.
  [[nodiscard]] bool is_protected() const noexcept { return (bytes_[1] & 0x40) != 0; }
  /// +HTC: the header ends with HT control, in management and QoS data frames. Elsewhere: the order
  /// of frames is to be kept.
  [[nodiscard]] bool order() const noexcept { return (bytes_[1] & 0x80) != 0; }
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
    return is_qos() ? field_le<std::uint16_t>(qos_offset(bytes_[1])) : std::uint16_t{0};
  }
  /// 0 where there is none.
  [[nodiscard]] std::uint32_t ht_control() const noexcept {
    const bool has_it = order() && (type() == Type::management || is_qos());
    return has_it ? field_le<std::uint32_t>(unpadded_length() - 4) : 0;
  }
  /// What pads the header to a multiple of four bytes.
  [[nodiscard]] Bytes padding() const noexcept {
    return bytes_.first(header_length_).subspan(unpadded_length());
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
  static constexpr std::size_t address_size = MacAddress::size;

  WlanView(Bytes bytes, std::size_t header_length) noexcept
      : View{bytes}, header_length_{header_length} {}

  [[nodiscard]] std::uint16_t sequence_control() const noexcept {
    const bool has_it = type() == Type::management || type() == Type::data;
    return has_it ? field_le<std::uint16_t>(22) : std::uint16_t{0};
  }
  [[nodiscard]] std::size_t unpadded_length() const noexcept {
    return mac_header_length(bytes_[0], bytes_[1]);
  }
  [[nodiscard]] static constexpr std::size_t qos_offset(std::uint8_t flags) noexcept {
    return 24 + ((flags & 3) == 3 ? address_size : 0);
  }
  [[nodiscard]] static constexpr std::size_t control_header_length(unsigned subtype) noexcept {
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

/// What write() makes an 802.11 MAC header of. Which members are written, type and flags say.
struct WlanFields {
  WlanView::Type type = WlanView::Type::data;
  /// At most 15.
  std::uint8_t subtype = 0;
  bool to_ds = false;
  bool from_ds = false;
  bool more_fragments = false;
  bool retry = false;
  bool power_management = false;
  bool more_data = false;
  bool is_protected = false;
  /// +HTC.
  bool order = false;
  std::uint16_t duration = 0;
  MacAddress address_1{};
  MacAddress address_2{};
  MacAddress address_3{};
  /// At most 15.
  std::uint8_t fragment_number = 0;
  /// 12 bits.
  std::uint16_t sequence_number = 0;
  /// Written in data frames with to_ds and from_ds.
  MacAddress address_4{};
  /// Written in data frames of a subtype with bit 8.
  std::uint16_t qos_control = 0;
  /// Written in management and QoS data frames with `order`.
  std::uint32_t ht_control = 0;
  /// Borrowed; at most three bytes, which some adapters put behind the header.
  Bytes padding{};

  [[nodiscard]] static WlanFields of(const WlanView& frame) noexcept {
    return {.type = frame.type(),
            .subtype = frame.subtype(),
            .to_ds = frame.to_ds(),
            .from_ds = frame.from_ds(),
            .more_fragments = frame.more_fragments(),
            .retry = frame.retry(),
            .power_management = frame.power_management(),
            .more_data = frame.more_data(),
            .is_protected = frame.is_protected(),
            .order = frame.order(),
            .duration = frame.duration(),
            .address_1 = frame.address(1),
            .address_2 = frame.address(2),
            .address_3 = frame.address(3),
            .fragment_number = frame.fragment_number(),
            .sequence_number = frame.sequence_number(),
            .address_4 = frame.address(4),
            .qos_control = frame.qos_control(),
            .ht_control = frame.ht_control(),
            .padding = frame.padding()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.link_type = 105}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return unpadded_length() + padding.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (type > WlanView::Type::extension || subtype > 15 || fragment_number > 15 ||
        sequence_number > 0x0fff || padding.size() > 3) {
      return std::unexpected{WriteError::bad_value};
    }
    const std::size_t unpadded = unpadded_length();
    to[0] = first();
    to[1] = flags();
    store_le(to.data() + 2, duration);
    store_bytes(to.data() + 4, address_1.octets);
    if (unpadded >= 16) store_bytes(to.data() + 10, address_2.octets);
    if (unpadded >= 24) {
      store_bytes(to.data() + 16, address_3.octets);
      store_le(to.data() + 22, static_cast<std::uint16_t>(sequence_number << 4 | fragment_number));
    }
    write_behind_sequence(to.first(unpadded));
    store_bytes(to.data() + unpadded, padding);
    return header_length();
  }

 private:
  [[nodiscard]] std::uint8_t first() const noexcept {
    return static_cast<std::uint8_t>(subtype << 4 | std::to_underlying(type) << 2);
  }
  [[nodiscard]] std::uint8_t flags() const noexcept {
    return static_cast<std::uint8_t>((to_ds ? 0x01 : 0) | (from_ds ? 0x02 : 0) |
                                     (more_fragments ? 0x04 : 0) | (retry ? 0x08 : 0) |
                                     (power_management ? 0x10 : 0) | (more_data ? 0x20 : 0) |
                                     (is_protected ? 0x40 : 0) | (order ? 0x80 : 0));
  }
  [[nodiscard]] std::size_t unpadded_length() const noexcept {
    return WlanView::mac_header_length(first(), flags());
  }
  void write_behind_sequence(MutableBytes to) const noexcept {
    std::size_t at = 24;
    if (type == WlanView::Type::data && to_ds && from_ds) {
      store_bytes(to.data() + at, address_4.octets);
      at += MacAddress::size;
    }
    if (type == WlanView::Type::data && (subtype & WlanView::qos) != 0) {
      store_le(to.data() + at, qos_control);
      at += sizeof qos_control;
    }
    if (at + sizeof ht_control == to.size()) store_le(to.data() + at, ht_control);
  }
};

}  // namespace weir::wire
