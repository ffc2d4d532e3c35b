// The Internet Protocol, version 4 (RFC 791).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/address.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4_numbers.h"
#include "weir/wire/option_list.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// Where a datagram with these options, sent to `destination`, goes in the end: the last address of
/// a source route that is not used up, otherwise `destination`.
[[nodiscard]] inline Ipv4Address final_destination(const OptionList& options,
                                                   const Ipv4Address& destination) noexcept {
  for (const HeaderOption& option : options) {
    if (option.kind != ipv4_option::loose_source_route &&
        option.kind != ipv4_option::strict_source_route) {
      continue;
    }
    // RFC 791 3.1: a pointer, counted from the option's first byte, then the addresses; a pointer
    // beyond the option says that the route is used up. There is one route at most.
    constexpr std::size_t kind_and_length = 2;
    const bool any = option.data.size() > Ipv4Address::size;
    if (!any || option.data[0] > option.data.size() + kind_and_length) break;
    return Ipv4Address::load(option.data.data() + option.data.size() - Ipv4Address::size);
  }
  return destination;
}

/// A checked view of an IPv4 datagram. What lies past its total length (link-layer padding) is
/// dropped; a total length beyond the captured bytes is believed and only cut for reading.
class Ipv4View : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv4};
  static constexpr std::size_t min_header_length = 20;

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
    return wire::final_destination(options(), destination());
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

/// What write() makes an IPv4 header of.
struct Ipv4Fields {
  /// At most 15.
  std::uint8_t version = 4;
  /// In words of four bytes, at most 15. Left open: what the options make it.
  std::optional<std::uint8_t> internet_header_length{};
  std::uint8_t type_of_service = 0;
  /// Left open: of header and payload. 0 leaves it to the adapter. Checksums in the payload cover
  /// what it tells, where that is there.
  std::optional<std::uint16_t> total_length{};
  std::uint16_t identification = 0;
  bool reserved_flag = false;
  bool dont_fragment = false;
  bool more_fragments = false;
  /// In bytes, a multiple of eight.
  std::uint16_t fragment_offset = 0;
  std::uint8_t ttl = 64;
  /// Left open: what follows, or 255, which is reserved (RFC 3692).
  std::optional<std::uint8_t> protocol{};
  /// Left open: the right one.
  std::optional<std::uint16_t> header_checksum{};
  Ipv4Address source{};
  Ipv4Address destination{};
  /// Borrowed. At most 40 bytes; padded with end of list to a multiple of four.
  Bytes options{};

  [[nodiscard]] static Ipv4Fields of(const Ipv4View& header) noexcept {
    return {.type_of_service = header.type_of_service(),
            .total_length = header.total_length(),
            .identification = header.identification(),
            .reserved_flag = header.reserved_flag(),
            .dont_fragment = header.dont_fragment(),
            .more_fragments = header.more_fragments(),
            .fragment_offset = header.fragment_offset(),
            .ttl = header.ttl(),
            .protocol = header.protocol(),
            .header_checksum = header.header_checksum(),
            .source = header.source(),
            .destination = header.destination(),
            .options = header.options().bytes()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::ipv4, .ip_protocol = ip_protocol::ipv4};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!protocol) protocol = next.ip_protocol;
  }
  /// Of the final destination, where the options name one.
  [[nodiscard]] WordSum pseudo_header(std::uint8_t carried, std::size_t length) const noexcept {
    return pseudo_header_sum(source, final_destination(OptionList{options}, destination), carried,
                             length);
  }
  /// 20 bytes and the options.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return Ipv4View::min_header_length + (options.size() + 3) / 4 * 4;
  }
  [[nodiscard]] constexpr std::size_t stated_length() const noexcept {
    return total_length.value_or(0);
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    const std::size_t length = header_length();
    const std::size_t total = length + payload.size();
    if (to.size() < length) return std::unexpected{WriteError::no_room};
    if (options.size() > 40 || (!total_length && total > 0xffff)) {
      return std::unexpected{WriteError::too_long};
    }
    const std::size_t words = internet_header_length.value_or(length / 4);
    if (version > 15 || words > 15 || fragment_offset % 8 != 0) {
      return std::unexpected{WriteError::bad_value};
    }
    if (!options.empty()) {
      std::memset(to.data() + length - 4, HeaderOption::end_of_list, 4);
      std::memcpy(to.data() + Ipv4View::min_header_length, options.data(), options.size());
    }
    const auto first =
        static_cast<std::uint16_t>(std::size_t{version} << 12 | words << 8 | type_of_service);
    const std::uint16_t stated = total_length.value_or(static_cast<std::uint16_t>(total));
    const auto fragment =
        static_cast<std::uint16_t>((reserved_flag ? 0x8000 : 0) | (dont_fragment ? 0x4000 : 0) |
                                   (more_fragments ? 0x2000 : 0) | fragment_offset / 8);
    const auto hops =
        static_cast<std::uint16_t>(ttl << 8 | protocol.value_or(ip_protocol::reserved));
    store_be(to.data(), first);
    store_be(to.data() + 2, stated);
    store_be(to.data() + 4, identification);
    store_be(to.data() + 6, fragment);
    store_be(to.data() + 8, hops);
    store_bytes(to.data() + 12, source.octets);
    store_bytes(to.data() + 16, destination.octets);
    // Out of the values: what was just written would have to be waited for.
    WordSum sum = pseudo_header_sum(source, destination, 0, 0);
    if (!options.empty()) {
      sum += word_sum(to.first(length).subspan(Ipv4View::min_header_length));
    }
    for (const std::uint16_t word : {first, stated, identification, fragment, hops}) {
      sum.value += WordSum::of(word).value;
    }
    store_be(to.data() + 10, header_checksum.value_or(static_cast<std::uint16_t>(~sum.folded())));
    return length;
  }
};

}  // namespace weir::wire
