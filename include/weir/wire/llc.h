// LLC (IEEE 802.2) and the SNAP header behind it (IEEE 802).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An LLC header: two service access points and a control field of one byte in unnumbered frames,
/// of two in the others.
class LlcView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::llc};
  static constexpr std::size_t min_header_length = 3;
  static constexpr std::uint8_t sap_bpdu = 0x42;
  static constexpr std::uint8_t sap_ip = 0x06;
  static constexpr std::uint8_t sap_snap = 0xaa;
  static constexpr std::uint8_t sap_iso = 0xfe;
  static constexpr std::uint8_t unnumbered_information = 0x03;

  [[nodiscard]] static std::expected<LlcView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const LlcView header{bytes};
    if (bytes.size() < header.header_length()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// With the group bit (0x01).
  [[nodiscard]] std::uint8_t dsap() const noexcept { return bytes_[0]; }
  /// With the command/response bit (0x01).
  [[nodiscard]] std::uint8_t ssap() const noexcept { return bytes_[1]; }
  [[nodiscard]] bool is_unnumbered() const noexcept { return (bytes_[2] & 3) == 3; }
  /// The first byte is the high one in the two-byte form.
  [[nodiscard]] std::uint16_t control() const noexcept {
    return is_unnumbered() ? bytes_[2] : field<std::uint16_t>(2);
  }
  /// Whether payload() starts with a SNAP header.
  [[nodiscard]] bool is_snap() const noexcept {
    return dsap() == sap_snap && (ssap() & 0xfe) == sap_snap && control() == unnumbered_information;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return is_unnumbered() ? 3 : 4; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes an LLC header of.
struct LlcFields {
  /// Left open: what follows, or 0.
  std::optional<std::uint8_t> dsap{};
  /// Left open: as dsap.
  std::optional<std::uint8_t> ssap{};
  /// One byte is written if its low bits say unnumbered: such a value is at most 255.
  std::uint16_t control = LlcView::unnumbered_information;

  [[nodiscard]] static LlcFields of(const LlcView& header) noexcept {
    return {.dsap = header.dsap(), .ssap = header.ssap(), .control = header.control()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.is_llc = true}; }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!dsap) dsap = next.service_access_point;
    if (!dsap && next.ether_type == ether_type::ipv4) dsap = LlcView::sap_ip;
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    return is_unnumbered() ? 3 : 4;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    // Two bytes whose first one says unnumbered would be read as one.
    if (!is_unnumbered() && (control >> 8 & 3) == 3) return std::unexpected{WriteError::bad_value};
    to[0] = dsap.value_or(0);
    to[1] = ssap.value_or(to[0]);
    if (is_unnumbered()) {
      to[2] = static_cast<std::uint8_t>(control);
    } else {
      store_be(to.data() + 2, control);
    }
    return header_length();
  }

 private:
  [[nodiscard]] constexpr bool is_unnumbered() const noexcept {
    return control <= 0xff && (control & 3) == 3;
  }
};

/// A SNAP header: whose protocol numbers, and which one. Follows LLC aa aa 03, Frame Relay NLPID
/// 0x80 and ATM alike.
class SnapView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::snap};
  static constexpr std::size_t min_header_length = 5;
  static constexpr std::uint32_t oui_ethernet = 0x000000;  // the type is an EtherType (RFC 1042)
  static constexpr std::uint32_t oui_802_1 = 0x0080c2;     // bridged frames (RFC 2684 5.2)
  static constexpr std::uint32_t oui_bridge_tunnel = 0x0000f8;  // EtherTypes too (802.1H)
  static constexpr std::uint32_t oui_cisco = 0x00000c;
  /// oui_802_1: an Ethernet frame without its frame check sequence (RFC 2427 4.2).
  static constexpr std::uint16_t type_ethernet = 7;

  [[nodiscard]] static std::expected<SnapView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return SnapView{bytes};
  }

  /// 24 bits.
  [[nodiscard]] std::uint32_t oui() const noexcept {
    return std::uint32_t{bytes_[0]} << 16 | field<std::uint16_t>(1);
  }
  [[nodiscard]] std::uint16_t type() const noexcept { return field<std::uint16_t>(3); }
  /// Whether type() is an EtherType.
  [[nodiscard]] bool is_ether_type() const noexcept {
    return oui() == oui_ethernet || oui() == oui_bridge_tunnel;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a SNAP header of.
struct SnapFields {
  /// 24 bits.
  std::uint32_t oui = SnapView::oui_ethernet;
  /// Left open: what follows, where the organisation's numbers tell it, or 0.
  std::optional<std::uint16_t> type{};

  [[nodiscard]] static SnapFields of(const SnapView& header) noexcept {
    return {.oui = header.oui(), .type = header.type()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.service_access_point = LlcView::sap_snap};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (type) return;
    if (oui == SnapView::oui_ethernet || oui == SnapView::oui_bridge_tunnel) {
      type = next.ether_type;
    } else if (oui == SnapView::oui_802_1 && next.ether_type == ether_type::trans_ether_bridging) {
      type = SnapView::type_ethernet;
    }
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return SnapView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (oui > 0x00ffffff) return std::unexpected{WriteError::bad_value};
    to[0] = static_cast<std::uint8_t>(oui >> 16);
    store_be(to.data() + 1, static_cast<std::uint16_t>(oui));
    store_be(to.data() + 3, type.value_or(0));
    return header_length();
  }
};

}  // namespace weir::wire
