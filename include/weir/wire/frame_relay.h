// Frame Relay (Q.922 address, RFC 2427 or Cisco encapsulation).
#pragma once

#include <cstdint>
#include <expected>

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
    const bool is_control = (bytes_[address_length_ - 1] & 2) != 0;
    if (address_length_ == 4) dlci = dlci << 7 | bytes_[2] >> 1;
    return is_control ? dlci : dlci << 6 | bytes_[address_length_ - 1] >> 2;
  }
  [[nodiscard]] bool command_response() const noexcept { return (bytes_[0] & 2) != 0; }
  [[nodiscard]] bool forward_congestion() const noexcept { return (bytes_[1] & 8) != 0; }
  [[nodiscard]] bool backward_congestion() const noexcept { return (bytes_[1] & 4) != 0; }
  [[nodiscard]] bool discard_eligible() const noexcept { return (bytes_[1] & 2) != 0; }
  [[nodiscard]] Encapsulation encapsulation() const noexcept { return encapsulation_; }
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
  static constexpr std::uint8_t unnumbered_information = 0x03;
  static constexpr std::uint8_t exchange_identification = 0xaf;
  static constexpr std::uint8_t pad = 0x00;

  FrameRelayView(Bytes bytes, std::size_t address_length, std::size_t header_length,
                 Encapsulation encapsulation) noexcept
      : View{bytes},
        address_length_{address_length},
        header_length_{header_length},
        encapsulation_{encapsulation} {}

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

/// What write() makes a Frame Relay header of: a two-byte address, then an NLPID or an EtherType.
struct FrameRelayFields {
  /// 10 bits.
  std::uint16_t dlci = 0;
  bool command_response = false;
  bool forward_congestion = false;
  bool backward_congestion = false;
  bool discard_eligible = false;
  /// 0 for Cisco encapsulation, which writes ether_type.
  std::uint8_t nlpid = 0;
  std::uint16_t ether_type = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    constexpr std::size_t length = 4;
    if (to.size() < length) return 0;
    to[0] = static_cast<std::uint8_t>((dlci >> 4 & 0x3f) << 2 | (command_response ? 2 : 0));
    to[1] =
        static_cast<std::uint8_t>((dlci & 0x0f) << 4 | (forward_congestion ? 8 : 0) |
                                  (backward_congestion ? 4 : 0) | (discard_eligible ? 2 : 0) | 1);
    store_be(to.data() + 2, nlpid != 0 ? static_cast<std::uint16_t>(0x0300 | nlpid) : ether_type);
    return length;
  }
};

}  // namespace weir::wire
