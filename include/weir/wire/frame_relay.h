// Frame Relay (Q.922 address, RFC 2427 or Cisco encapsulation).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/llc.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A Frame Relay header: an address of two, three or four bytes, then what names the payload:
/// control 03 and an NLPID, perhaps with a pad byte between them (RFC 2427), or an EtherType
/// (Cisco).
class FrameRelayView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::frame_relay};
  enum class Encapsulation : std::uint8_t {
    nlpid,       ///< unnumbered information and a network layer protocol identifier
    ether_type,  ///< Cisco's: an EtherType directly behind the address
    none,        ///< only the address was read: signalling on DLCI 0, or XID
  };

  static constexpr std::size_t min_header_length = 2;
  static constexpr std::uint8_t unnumbered_information = 0x03;
  static constexpr std::uint8_t nlpid_snap = 0x80;
  static constexpr std::uint8_t nlpid_ipv6 = 0x8e;
  static constexpr std::uint8_t nlpid_ipv4 = 0xcc;
  static constexpr std::uint8_t nlpid_ppp = 0xcf;

  [[nodiscard]] static std::expected<FrameRelayView, ParseError> parse(Bytes bytes) noexcept {
    std::size_t address = 0;
    bool last = false;
    while (!last) {
      if (address == bytes.size()) return std::unexpected{ParseError::truncated};
      last = (bytes[address++] & 1) != 0;
      if (!last && address == 4) return std::unexpected{ParseError::bad_field};
    }
    // Q.922 3.3: a one-byte address is reserved.
    if (address == 1) return std::unexpected{ParseError::bad_field};
    return parse_encapsulation(bytes, address);
  }

  /// Two to four bytes.
  [[nodiscard]] std::size_t address_length() const noexcept { return address_length_; }
  /// 10, 16 or 23 bits by the length of the address (17 if its control bit says so).
  [[nodiscard]] std::uint32_t dlci() const noexcept {
    std::uint32_t dlci = std::uint32_t{bytes_[0]} >> 2 << 4 | bytes_[1] >> 4;
    if (address_length_ == 2) return dlci;
    if (address_length_ == 4) dlci = dlci << 7 | bytes_[2] >> 1;
    return is_control() ? dlci : dlci << 6 | bytes_[address_length_ - 1] >> 2;
  }
  /// Six bits of control in place of the DLCI's lowest six (Q.922 3.3.7), in addresses of three and
  /// four bytes whose D/C bit says so.
  [[nodiscard]] std::optional<std::uint8_t> core_control() const noexcept {
    if (address_length_ == 2 || !is_control()) return std::nullopt;
    return static_cast<std::uint8_t>(bytes_[address_length_ - 1] >> 2);
  }
  [[nodiscard]] bool command_response() const noexcept { return (bytes_[0] & 2) != 0; }
  [[nodiscard]] bool forward_congestion() const noexcept { return (bytes_[1] & 8) != 0; }
  [[nodiscard]] bool backward_congestion() const noexcept { return (bytes_[1] & 4) != 0; }
  [[nodiscard]] bool discard_eligible() const noexcept { return (bytes_[1] & 2) != 0; }
  [[nodiscard]] Encapsulation encapsulation() const noexcept { return encapsulation_; }
  /// Whether a pad byte stands before the NLPID.
  [[nodiscard]] bool has_pad() const noexcept {
    return encapsulation_ == Encapsulation::nlpid && header_length_ - address_length_ == 3;
  }
  /// 0 unless encapsulation() is nlpid.
  [[nodiscard]] std::uint8_t nlpid() const noexcept {
    return encapsulation_ == Encapsulation::nlpid ? bytes_[header_length_ - 1] : 0;
  }
  /// 0 unless encapsulation() is ether_type.
  [[nodiscard]] std::uint16_t ether_type() const noexcept {
    return encapsulation_ == Encapsulation::ether_type ? field<std::uint16_t>(address_length_) : 0;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr std::uint8_t exchange_identification = 0xaf;
  static constexpr std::uint8_t pad = 0x00;

  FrameRelayView(Bytes bytes, std::size_t address_length, std::size_t header_length,
                 Encapsulation encapsulation) noexcept
      : View{bytes},
        address_length_{address_length},
        header_length_{header_length},
        encapsulation_{encapsulation} {}

  [[nodiscard]] bool is_control() const noexcept { return (bytes_[address_length_ - 1] & 2) != 0; }

  [[nodiscard]] static std::expected<FrameRelayView, ParseError> parse_encapsulation(
      Bytes bytes, std::size_t address) noexcept {
    if (address == bytes.size()) return std::unexpected{ParseError::truncated};
    const std::uint8_t control = bytes[address];
    if (control == unnumbered_information) {
      std::size_t nlpid = address + 1;
      if (nlpid < bytes.size() && bytes[nlpid] == pad) ++nlpid;
      if (nlpid >= bytes.size()) return std::unexpected{ParseError::truncated};
      return FrameRelayView{bytes, address, nlpid + 1, Encapsulation::nlpid};
    }
    const FrameRelayView bare{bytes, address, address, Encapsulation::none};
    if (bare.dlci() == 0 || control == exchange_identification) return bare;
    if (bytes.size() - address < 2) return std::unexpected{ParseError::truncated};
    return FrameRelayView{bytes, address, address + 2, Encapsulation::ether_type};
  }

  std::size_t address_length_;
  std::size_t header_length_;
  Encapsulation encapsulation_;
};

/// What write() makes a Frame Relay header of.
struct FrameRelayFields {
  using Encapsulation = FrameRelayView::Encapsulation;

  /// Two to four.
  std::uint8_t address_length = 2;
  /// 10, 16 or 23 bits by the length of the address; six fewer with core_control.
  std::uint32_t dlci = 0;
  /// Six bits, in place of the DLCI's lowest six; for addresses of three and four bytes.
  std::optional<std::uint8_t> core_control{};
  bool command_response = false;
  bool forward_congestion = false;
  bool backward_congestion = false;
  bool discard_eligible = false;
  Encapsulation encapsulation = Encapsulation::nlpid;
  /// Before the NLPID.
  bool has_pad = false;
  /// Written where encapsulation is nlpid. Left open: what follows, or 0.
  std::optional<std::uint8_t> nlpid{};
  /// Written where encapsulation is ether_type. Left open: what follows, or 0.
  std::optional<std::uint16_t> ether_type{};

  [[nodiscard]] static FrameRelayFields of(const FrameRelayView& header) noexcept {
    return {.address_length = static_cast<std::uint8_t>(header.address_length()),
            .dlci = header.dlci(),
            .core_control = header.core_control(),
            .command_response = header.command_response(),
            .forward_congestion = header.forward_congestion(),
            .backward_congestion = header.backward_congestion(),
            .discard_eligible = header.discard_eligible(),
            .encapsulation = header.encapsulation(),
            .has_pad = header.has_pad(),
            .nlpid = header.nlpid(),
            .ether_type = header.ether_type()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!ether_type) ether_type = next.ether_type;
    if (!nlpid) nlpid = nlpid_of(next);
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    switch (encapsulation) {
      case Encapsulation::nlpid:
        return address_length + (has_pad ? 3U : 2U);
      case Encapsulation::ether_type:
        return address_length + std::size_t{2};
      case Encapsulation::none:
        break;
    }
    return address_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (address_length < 2 || address_length > 4 || dlci >> dlci_bits() != 0 ||
        (core_control && (address_length == 2 || *core_control > 63))) {
      return std::unexpected{WriteError::bad_value};
    }
    write_address(to.data());
    std::uint8_t* const at = to.data() + address_length;
    if (encapsulation == Encapsulation::ether_type) store_be(at, ether_type.value_or(0));
    if (encapsulation == Encapsulation::nlpid) {
      at[0] = FrameRelayView::unnumbered_information;
      at[1] = 0;
      at[has_pad ? 2 : 1] = nlpid.value_or(0);
    }
    return header_length();
  }

 private:
  [[nodiscard]] static constexpr std::optional<std::uint8_t> nlpid_of(
      const HeaderNumbers& next) noexcept {
    if (next.service_access_point == LlcView::sap_snap) return FrameRelayView::nlpid_snap;
    if (next.ether_type == wire::ether_type::ipv4) return FrameRelayView::nlpid_ipv4;
    if (next.ether_type == wire::ether_type::ipv6) return FrameRelayView::nlpid_ipv6;
    if (next.ether_type == wire::ether_type::ppp) return FrameRelayView::nlpid_ppp;
    return std::nullopt;
  }
  [[nodiscard]] constexpr int dlci_bits() const noexcept {
    const int bits = address_length == 2 ? 10 : address_length == 3 ? 16 : 23;
    return core_control ? bits - 6 : bits;
  }
  // Six bits of the DLCI, then four, then seven in the longest form, then six; the lowest bit of
  // each byte says whether it is the last (Q.922 3.3).
  void write_address(std::uint8_t* to) const noexcept {
    std::uint32_t bits = dlci;
    if (address_length > 2) {
      const std::uint32_t last = core_control.value_or(bits & 0x3f);
      to[address_length - 1] = static_cast<std::uint8_t>(last << 2 | (core_control ? 3 : 1));
      if (!core_control) bits >>= 6;
    }
    if (address_length == 4) {
      to[2] = static_cast<std::uint8_t>((bits & 0x7f) << 1);
      bits >>= 7;
    }
    to[0] = static_cast<std::uint8_t>(bits >> 4 << 2 | (command_response ? 2 : 0));
    to[1] = static_cast<std::uint8_t>((bits & 0x0f) << 4 | (forward_congestion ? 8 : 0) |
                                      (backward_congestion ? 4 : 0) | (discard_eligible ? 2 : 0) |
                                      (address_length == 2 ? 1 : 0));
  }
};

}  // namespace weir::wire
