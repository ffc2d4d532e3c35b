// ERSPAN types II and III (draft-foschiano-erspan-03) inside GRE; type I has no header of its own.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An ERSPAN header. Type I, GRE protocol 0x88be without a sequence number, is not for this view:
/// its frame starts right behind GRE.
class ErspanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::erspan};
  static constexpr std::size_t min_header_length = 8;
  static constexpr std::uint8_t type_ii = 1;
  static constexpr std::uint8_t type_iii = 2;

  [[nodiscard]] static std::expected<ErspanView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const ErspanView header{bytes};
    if (header.version() != type_ii && header.version() != type_iii) {
      return std::unexpected{ParseError::bad_version};
    }
    if (header.version() == type_iii && bytes.size() < type_iii_length) {
      return std::unexpected{ParseError::truncated};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// type_ii or type_iii.
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 4; }
  /// 12 bits.
  [[nodiscard]] std::uint16_t vlan() const noexcept { return field<std::uint16_t>(0) & 0x0fff; }
  [[nodiscard]] std::uint8_t class_of_service() const noexcept { return bytes_[2] >> 5; }
  /// Two bits: how the frame was tagged in type II, whether it was damaged in type III.
  [[nodiscard]] std::uint8_t encapsulation() const noexcept { return bytes_[2] >> 3 & 3; }
  /// The frame was cut before it was mirrored.
  [[nodiscard]] bool is_truncated() const noexcept { return (bytes_[2] & 0x04) != 0; }
  /// 10 bits.
  [[nodiscard]] std::uint16_t session_identifier() const noexcept {
    return field<std::uint16_t>(2) & 0x03ff;
  }
  /// Type II: the 12 bits before the index. Otherwise 0.
  [[nodiscard]] std::uint16_t reserved() const noexcept {
    return version() == type_ii ? field<std::uint16_t>(4) >> 4 : 0;
  }
  /// Type II: port index, 20 bits. Otherwise 0.
  [[nodiscard]] std::uint32_t index() const noexcept {
    return version() == type_ii ? field<std::uint32_t>(4) & 0xfffff : 0;
  }
  /// Type III. Otherwise 0.
  [[nodiscard]] std::uint32_t timestamp() const noexcept {
    return version() == type_iii ? field<std::uint32_t>(4) : 0;
  }
  /// Type III: security group tag. Otherwise 0.
  [[nodiscard]] std::uint16_t security_group() const noexcept {
    return version() == type_iii ? field<std::uint16_t>(8) : std::uint16_t{0};
  }
  /// Type III, the P bit: the mirrored frame is an Ethernet one.
  [[nodiscard]] bool is_ethernet_frame() const noexcept {
    return version() == type_iii && (bytes_[10] & 0x80) != 0;
  }
  /// Type III: 0 is an Ethernet frame, 2 an IP packet. Always 0 in type II.
  [[nodiscard]] std::uint8_t frame_type() const noexcept {
    return version() == type_iii ? bytes_[10] >> 2 & 0x1f : 0;
  }
  /// Type III: which of a system's engines mirrored it, 6 bits. Otherwise 0.
  [[nodiscard]] std::uint8_t hardware_identifier() const noexcept {
    return version() == type_iii ? static_cast<std::uint8_t>(word_of_bits() >> 4 & 0x3f)
                                 : std::uint8_t{0};
  }
  /// Type III, the D bit: mirrored where it left, not where it came in.
  [[nodiscard]] bool is_egress() const noexcept {
    return version() == type_iii && (bytes_[11] & 0x08) != 0;
  }
  /// Type III: the unit of the timestamp; 0 is 100 microseconds, 1 is 100 ns, 2 is IEEE 1588, 3 is
  /// in the subheader. Otherwise 0.
  [[nodiscard]] std::uint8_t granularity() const noexcept {
    return version() == type_iii ? bytes_[11] >> 1 & 3 : 0;
  }
  /// Type III: eight more bytes stand before the frame.
  [[nodiscard]] bool has_subheader() const noexcept {
    return version() == type_iii && (bytes_[11] & 1) != 0;
  }

  /// What the subheader is of, 6 bits; 0 without one.
  [[nodiscard]] std::uint8_t platform_identifier() const noexcept {
    return static_cast<std::uint8_t>(subheader() >> 58);
  }
  /// The rest of the subheader, 58 bits; 0 without one.
  [[nodiscard]] std::uint64_t platform_information() const noexcept {
    return subheader() & 0x03ffffffffffffff;
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    if (version() == type_ii) return min_header_length;
    return type_iii_length + (has_subheader() ? 8 : 0);
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::size_t type_iii_length = 12;

  using View::View;

  [[nodiscard]] std::uint16_t word_of_bits() const noexcept { return field<std::uint16_t>(10); }
  [[nodiscard]] std::uint64_t subheader() const noexcept {
    return has_subheader() ? field<std::uint64_t>(type_iii_length) : 0;
  }
};

/// What write() makes a type II or III header of. The GRE header before it has a sequence number.
struct ErspanFields {
  /// At most 15; every one but type_iii is laid out as type II.
  std::uint8_t version = ErspanView::type_ii;
  /// 12 bits.
  std::uint16_t vlan = 0;
  /// At most 7.
  std::uint8_t class_of_service = 0;
  /// At most 3.
  std::uint8_t encapsulation = 0;
  bool is_truncated = false;
  /// 10 bits.
  std::uint16_t session_identifier = 0;
  /// Type II: 12 bits.
  std::uint16_t reserved = 0;
  /// Type II: 20 bits.
  std::uint32_t index = 0;
  /// Type III, as all below.
  std::uint32_t timestamp = 0;
  std::uint16_t security_group = 0;
  bool is_ethernet_frame = false;
  /// At most 31.
  std::uint8_t frame_type = 0;
  /// 6 bits.
  std::uint8_t hardware_identifier = 0;
  bool is_egress = false;
  /// At most 3.
  std::uint8_t granularity = 0;
  bool has_subheader = false;
  /// Written with has_subheader; 6 and 58 bits.
  std::uint8_t platform_identifier = 0;
  std::uint64_t platform_information = 0;

  [[nodiscard]] static ErspanFields of(const ErspanView& header) noexcept {
    return {.version = header.version(),
            .vlan = header.vlan(),
            .class_of_service = header.class_of_service(),
            .encapsulation = header.encapsulation(),
            .is_truncated = header.is_truncated(),
            .session_identifier = header.session_identifier(),
            .reserved = header.reserved(),
            .index = header.index(),
            .timestamp = header.timestamp(),
            .security_group = header.security_group(),
            .is_ethernet_frame = header.is_ethernet_frame(),
            .frame_type = header.frame_type(),
            .hardware_identifier = header.hardware_identifier(),
            .is_egress = header.is_egress(),
            .granularity = header.granularity(),
            .has_subheader = header.has_subheader(),
            .platform_identifier = header.platform_identifier(),
            .platform_information = header.platform_information()};
  }
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.ether_type = is_type_iii() ? ether_type::erspan_iii : ether_type::erspan};
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    if (!is_type_iii()) return ErspanView::min_header_length;
    return has_subheader ? 20 : 12;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (!fits()) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), static_cast<std::uint16_t>(version << 12 | vlan));
    store_be(to.data() + 2,
             static_cast<std::uint16_t>(class_of_service << 13 | encapsulation << 11 |
                                        (is_truncated ? 0x0400 : 0) | session_identifier));
    if (!is_type_iii()) {
      store_be(to.data() + 4, std::uint32_t{reserved} << 20 | index);
      return header_length();
    }
    store_be(to.data() + 4, timestamp);
    store_be(to.data() + 8, security_group);
    store_be(to.data() + 10,
             static_cast<std::uint16_t>((is_ethernet_frame ? 0x8000 : 0) | frame_type << 10 |
                                        hardware_identifier << 4 | (is_egress ? 0x08 : 0) |
                                        granularity << 1 | (has_subheader ? 1 : 0)));
    if (has_subheader) {
      store_be(to.data() + 12, std::uint64_t{platform_identifier} << 58 | platform_information);
    }
    return header_length();
  }

 private:
  [[nodiscard]] constexpr bool is_type_iii() const noexcept {
    return version == ErspanView::type_iii;
  }
  [[nodiscard]] constexpr bool fits() const noexcept {
    return version <= 15 && vlan <= 0x0fff && class_of_service <= 7 && encapsulation <= 3 &&
           session_identifier <= 0x03ff && reserved <= 0x0fff && index <= 0xfffff &&
           frame_type <= 31 && hardware_identifier <= 63 && granularity <= 3 &&
           platform_identifier <= 63 && platform_information >> 58 == 0;
  }
};

}  // namespace weir::wire
