// The Internet Protocol, version 6 (RFC 8200): the fixed header.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/address.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A checked view of an IPv6 packet; the payload starts with the first extension header. What lies
/// past the payload length is dropped; one beyond the captured bytes is only cut for reading.
class Ipv6View : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6};
  static constexpr std::size_t min_header_length = 40;
  /// RFC 8200 4.7: nothing follows.
  static constexpr std::uint8_t no_next_header = ip_protocol::no_next_header;

  [[nodiscard]] static std::expected<Ipv6View, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const Ipv6View header{bytes};
    if (header.version() != 6) return std::unexpected{ParseError::bad_version};
    const std::size_t stated = header.stated_length();
    return stated == 0 ? header : Ipv6View{up_to(bytes, stated)};
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return field<std::uint8_t>(0) >> 4; }
  [[nodiscard]] std::uint8_t traffic_class() const noexcept {
    return static_cast<std::uint8_t>(field<std::uint16_t>(0) >> 4 & 0xff);
  }
  /// 20 bits.
  [[nodiscard]] std::uint32_t flow_label() const noexcept {
    return field<std::uint32_t>(0) & 0x000fffff;
  }
  /// Bytes behind this header on the wire, extension headers included; payload() may hold fewer.
  [[nodiscard]] std::size_t payload_length() const noexcept {
    return datagram_length() - min_header_length;
  }
  /// The payload length field as it stands; 0 for jumbograms and offloaded segments.
  [[nodiscard]] std::uint16_t payload_field() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] std::uint8_t next_header() const noexcept { return field<std::uint8_t>(6); }
  [[nodiscard]] std::uint8_t hop_limit() const noexcept { return field<std::uint8_t>(7); }
  [[nodiscard]] Ipv6Address source() const noexcept { return Ipv6Address::load(bytes_.data() + 8); }
  [[nodiscard]] Ipv6Address destination() const noexcept {
    return Ipv6Address::load(bytes_.data() + 24);
  }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// Bytes of the whole packet as the header states them; 0: it reaches to the end of what it lies
  /// in. RFC 2675: the length of a jumbogram stands in a hop-by-hop option; and segmentation
  /// offload leaves it to the adapter. Without a next header a payload length of 0 means that.
  [[nodiscard]] std::size_t stated_length() const noexcept {
    if (payload_field() == 0 && next_header() != no_next_header) return 0;
    return min_header_length + payload_field();
  }
  /// Bytes of the whole packet on the wire: what is stated, or what was captured where nothing is.
  [[nodiscard]] std::size_t datagram_length() const noexcept {
    return stated_length() != 0 ? stated_length() : bytes_.size();
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an IPv6 header of.
struct Ipv6Fields {
  /// At most 15.
  std::uint8_t version = 6;
  std::uint8_t traffic_class = 0;
  /// 20 bits.
  std::uint32_t flow_label = 0;
  /// Left open: all that stands behind. 0 is a jumbogram's, or left to the adapter. Checksums in
  /// the payload cover what it tells, where that is there.
  std::optional<std::uint16_t> payload_length{};
  /// Left open: what follows, or none (59).
  std::optional<std::uint8_t> next_header{};
  std::uint8_t hop_limit = 64;
  Ipv6Address source{};
  Ipv6Address destination{};

  [[nodiscard]] static Ipv6Fields of(const Ipv6View& header) noexcept {
    return {.traffic_class = header.traffic_class(),
            .flow_label = header.flow_label(),
            .payload_length = header.payload_field(),
            .next_header = header.next_header(),
            .hop_limit = header.hop_limit(),
            .source = header.source(),
            .destination = header.destination()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::ipv6, .ip_protocol = ip_protocol::ipv6};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_header) next_header = next.ip_protocol;
  }
  [[nodiscard]] WordSum pseudo_header(std::uint8_t carried, std::size_t length) const noexcept {
    return pseudo_header_sum(source, destination, carried, length);
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return Ipv6View::min_header_length;
  }
  [[nodiscard]] constexpr std::size_t stated_length() const noexcept {
    return payload_length.value_or(0) == 0 ? 0 : header_length() + *payload_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (!payload_length && payload.size() > 0xffff) return std::unexpected{WriteError::too_long};
    if (version > 15 || flow_label > 0x000fffff) return std::unexpected{WriteError::bad_value};
    store_be(to.data(),
             std::uint32_t{version} << 28 | std::uint32_t{traffic_class} << 20 | flow_label);
    store_be(to.data() + 4, payload_length.value_or(static_cast<std::uint16_t>(payload.size())));
    to[6] = next_header.value_or(ip_protocol::no_next_header);
    to[7] = hop_limit;
    store_bytes(to.data() + 8, source.octets);
    store_bytes(to.data() + 24, destination.octets);
    return header_length();
  }
};

}  // namespace weir::wire
