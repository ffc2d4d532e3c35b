// Cisco HDLC (LINKTYPE_C_HDLC, RFC 1547 4.3.1): address, control, EtherType.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A Cisco HDLC header. Which address bytes mean Cisco HDLC is for whoever chooses between it and
/// PPP on LINKTYPE_PPP_HDLC: see is_address().
class CiscoHdlcView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::c_hdlc};
  static constexpr std::size_t min_header_length = 4;
  static constexpr std::uint8_t unicast = 0x0f;
  static constexpr std::uint8_t multicast = 0x8f;
  static constexpr std::uint16_t slarp = 0x8035;  // keepalive, not RARP
  static constexpr std::uint16_t cdp = 0x2000;

  [[nodiscard]] static bool is_address(std::uint8_t octet) noexcept {
    return octet == unicast || octet == multicast;
  }
  [[nodiscard]] static std::expected<CiscoHdlcView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return CiscoHdlcView{bytes};
  }

  [[nodiscard]] std::uint8_t address() const noexcept { return bytes_[0]; }
  [[nodiscard]] std::uint8_t control() const noexcept { return bytes_[1]; }
  /// An EtherType, slarp or cdp.
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(2); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a Cisco HDLC header of.
struct CiscoHdlcFields {
  std::uint8_t address = CiscoHdlcView::unicast;
  std::uint8_t control = 0;
  /// Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};

  [[nodiscard]] static CiscoHdlcFields of(const CiscoHdlcView& header) noexcept {
    return {
        .address = header.address(), .control = header.control(), .protocol = header.protocol()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!protocol) protocol = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return CiscoHdlcView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = address;
    to[1] = control;
    store_be(to.data() + 2, protocol.value_or(0));
    return header_length();
  }
};

}  // namespace weir::wire
