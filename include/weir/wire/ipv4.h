// The Internet Protocol, version 4 (RFC 791).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/address.h"
#include "weir/wire/checksum.h"
#include "weir/wire/option_list.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of an IPv4 datagram. What lies past its total length (link-layer padding) is
/// dropped; a total length beyond the captured bytes is believed and only cut for reading.
class Ipv4View : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv4};
  static constexpr std::size_t min_header_length = 20;
  static constexpr std::uint8_t loose_source_route = 131;
  static constexpr std::uint8_t strict_source_route = 137;

  [[nodiscard]] static std::expected<Ipv4View, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const Ipv4View header{bytes};
    if (header.version() != 4) return std::unexpected{ParseError::bad_version};
    const std::size_t header_length = header.header_length();
    if (header_length < min_header_length) return std::unexpected{ParseError::bad_header_length};
    const std::size_t stated = header.stated_length();
    if (stated != 0 && stated < header_length) return std::unexpected{ParseError::bad_length};
    if (header_length > bytes.size()) return std::unexpected{ParseError::truncated};
    return stated == 0 ? header : Ipv4View{up_to(bytes, stated)};
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return field<std::uint8_t>(0) >> 4; }
  /// Bytes, options included: the IHL field times four.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return (field<std::uint8_t>(0) & 0x0fU) * std::size_t{4};
  }
  [[nodiscard]] std::uint8_t type_of_service() const noexcept { return field<std::uint8_t>(1); }
  /// The upper six bits of the type of service (RFC 2474).
  [[nodiscard]] std::uint8_t dscp() const noexcept { return type_of_service() >> 2; }
  /// The lower two bits of the type of service (RFC 3168).
  [[nodiscard]] std::uint8_t ecn() const noexcept { return type_of_service() & 3; }
  /// As the header says, in bytes; 0 when left to the adapter.
  [[nodiscard]] std::uint16_t total_length() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint16_t identification() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] bool reserved_flag() const noexcept { return (fragment_field() & 0x8000) != 0; }
  [[nodiscard]] bool dont_fragment() const noexcept { return (fragment_field() & 0x4000) != 0; }
  [[nodiscard]] bool more_fragments() const noexcept { return (fragment_field() & 0x2000) != 0; }
  /// In bytes: the field times eight, at most 65,528.
  [[nodiscard]] std::uint16_t fragment_offset() const noexcept {
    return static_cast<std::uint16_t>((fragment_field() & 0x1fff) * 8);
  }
  [[nodiscard]] bool is_fragment() const noexcept { return (fragment_field() & 0x3fff) != 0; }
  [[nodiscard]] std::uint8_t ttl() const noexcept { return field<std::uint8_t>(8); }
  /// IANA number of the payload.
  [[nodiscard]] std::uint8_t protocol() const noexcept { return field<std::uint8_t>(9); }
  [[nodiscard]] std::uint16_t header_checksum() const noexcept { return field<std::uint16_t>(10); }
  [[nodiscard]] Ipv4Address source() const noexcept {
    return Ipv4Address::load(bytes_.data() + 12);
  }
  [[nodiscard]] Ipv4Address destination() const noexcept {
    return Ipv4Address::load(bytes_.data() + 16);
  }
  [[nodiscard]] OptionList options() const noexcept {
    return OptionList{bytes_.subspan(min_header_length, header_length() - min_header_length)};
  }
  /// Where the datagram goes in the end: the last address of a source route that is not used up,
  /// otherwise destination(). The pseudo-headers of what it carries hold this address.
  [[nodiscard]] Ipv4Address final_destination() const noexcept {
    if (header_length() == min_header_length) return destination();  // most have no options
    for (const HeaderOption& option : options()) {
      if (option.kind != loose_source_route && option.kind != strict_source_route) continue;
      // RFC 791 3.1: a pointer, counted from the option's first byte, then the addresses; a pointer
      // beyond the option says that the route is used up. There is one route at most.
      constexpr std::size_t kind_and_length = 2;
      const bool any = option.data.size() > Ipv4Address::size;
      if (!any || option.data[0] > option.data.size() + kind_and_length) break;
      return Ipv4Address::load(option.data.data() + option.data.size() - Ipv4Address::size);
    }
    return destination();
  }

  /// Bytes of the datagram as the header states them; 0: it reaches to the end of what it lies in,
  /// since segmentation offload left the length to the adapter.
  [[nodiscard]] std::size_t stated_length() const noexcept { return total_length(); }
  /// Bytes of the datagram on the wire: what is stated, or what was captured where nothing is.
  [[nodiscard]] std::size_t datagram_length() const noexcept {
    return stated_length() != 0 ? stated_length() : bytes_.size();
  }
  /// Bytes behind the header on the wire; payload() may hold fewer.
  [[nodiscard]] std::size_t payload_length() const noexcept {
    return datagram_length() - header_length();
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;

  [[nodiscard]] std::uint16_t fragment_field() const noexcept { return field<std::uint16_t>(6); }
};

/// What write() makes an IPv4 header of; total length and header checksum are worked out.
struct Ipv4Fields {
  std::uint8_t type_of_service = 0;
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  /// In bytes, a multiple of eight.
  std::uint16_t fragment_offset = 0;
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  Ipv4Address source{};
  Ipv4Address destination{};
  /// At most 40 bytes; padded with end of list to a multiple of four.
  Bytes options{};

  /// 20 to 60 bytes.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return Ipv4View::min_header_length + (options.size() + 3) / 4 * 4;
  }

  /// Writes the header of a datagram with `payload_length` bytes behind it. A datagram beyond
  /// 65,535 bytes gets total length 0. Returns the bytes written; 0 if `to` is too small or the
  /// options are too long.
  [[nodiscard]] std::size_t write(MutableBytes to, std::size_t payload_length) const noexcept {
    const std::size_t length = header_length();
    if (options.size() > 40 || to.size() < length) return 0;
    const std::size_t total = length + payload_length;
    std::fill_n(to.data(), length, std::uint8_t{0});
    to[0] = static_cast<std::uint8_t>(0x40 | length / 4);
    to[1] = type_of_service;
    store_be(to.data() + 2, static_cast<std::uint16_t>(total > 0xffff ? 0 : total));
    store_be(to.data() + 4, identification);
    store_be(to.data() + 6,
             static_cast<std::uint16_t>((dont_fragment ? 0x4000 : 0) |
                                        (more_fragments ? 0x2000 : 0) | fragment_offset / 8));
    to[8] = ttl;
    to[9] = protocol;
    std::memcpy(to.data() + 12, source.octets.data(), Ipv4Address::size);
    std::memcpy(to.data() + 16, destination.octets.data(), Ipv4Address::size);
    if (!options.empty()) std::memcpy(to.data() + 20, options.data(), options.size());
    store_be(to.data() + 10, internet_checksum(to.first(length)));
    return length;
  }
};

}  // namespace weir::wire
