// The extension headers of IPv6: options, routing, fragment, mobility and shim6.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>

#include "weir/address.h"
#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// What extension headers share (RFC 6564): the number of the next header, and a length in units
/// of eight bytes not counting the first eight.
class Ipv6ExtensionView : public View {
 public:
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] std::uint8_t next_header() const noexcept { return field<std::uint8_t>(0); }
  /// The header extension length field.
  [[nodiscard]] std::uint8_t length_field() const noexcept { return field<std::uint8_t>(1); }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return (length_field() + std::size_t{1}) * 8;
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 protected:
  using View::View;

  [[nodiscard]] static std::optional<ParseError> check(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return ParseError::truncated;
    if (Ipv6ExtensionView{bytes}.header_length() > bytes.size()) return ParseError::truncated;
    return std::nullopt;
  }
};

/// One option of a hop-by-hop or destination options header (RFC 8200 4.2).
struct Ipv6Option {
  static constexpr std::uint8_t pad1 = 0;
  static constexpr std::uint8_t pad_n = 1;
  static constexpr std::uint8_t router_alert = 5;
  static constexpr std::uint8_t jumbo_payload = 0xc2;
  static constexpr std::uint8_t home_address = 0xc9;

  std::uint8_t type = pad1;
  Bytes data{};

  /// See Tlv.
  [[nodiscard]] static std::size_t read(Bytes rest, Ipv6Option& option) noexcept {
    if (rest[0] == pad1) {
      option = {};
      return 1;
    }
    if (rest.size() < 2 || rest.size() - 2 < rest[1]) return 0;
    option = {.type = rest[0], .data = rest.subspan(2, rest[1])};
    return std::size_t{2} + rest[1];
  }
};

/// Padding is handed out.
using Ipv6OptionList = TlvList<Ipv6Option>;

/// A checked view of a hop-by-hop (RFC 8200 4.3) or destination options header (4.6).
class Ipv6OptionsView : public Ipv6ExtensionView {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6_hop_by_hop, Protocol::ipv6_destination};
  [[nodiscard]] static std::expected<Ipv6OptionsView, ParseError> parse(Bytes bytes) noexcept {
    if (const auto error = check(bytes)) return std::unexpected{*error};
    return Ipv6OptionsView{bytes};
  }

  [[nodiscard]] Ipv6OptionList options() const noexcept {
    return Ipv6OptionList{bytes_.subspan(2, header_length() - 2)};
  }
  /// The jumbo payload length (RFC 2675), if the header has one.
  [[nodiscard]] std::optional<std::uint32_t> jumbo_payload_length() const noexcept {
    for (const Ipv6Option& option : options()) {
      if (option.type == Ipv6Option::jumbo_payload && option.data.size() == 4) {
        return load_be<std::uint32_t>(option.data.data());
      }
    }
    return std::nullopt;
  }
  /// The sender's address where it is not at home (RFC 6275 6.3), if the header has one.
  [[nodiscard]] std::optional<Ipv6Address> home_address() const noexcept {
    for (const Ipv6Option& option : options()) {
      if (option.type == Ipv6Option::home_address && option.data.size() == Ipv6Address::size) {
        return Ipv6Address::load(option.data.data());
      }
    }
    return std::nullopt;
  }

 private:
  using Ipv6ExtensionView::Ipv6ExtensionView;
};

/// A checked view of a routing header (RFC 8200 4.4).
class Ipv6RoutingView : public Ipv6ExtensionView {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6_routing};
  static constexpr std::uint8_t source_route = 0;      ///< RFC 5095 deprecates it
  static constexpr std::uint8_t mobility = 2;          ///< RFC 6275 6.4
  static constexpr std::uint8_t rpl_source_route = 3;  ///< RFC 6554
  static constexpr std::uint8_t segment_routing = 4;   ///< RFC 8754

  [[nodiscard]] static std::expected<Ipv6RoutingView, ParseError> parse(Bytes bytes) noexcept {
    if (const auto error = check(bytes)) return std::unexpected{*error};
    return Ipv6RoutingView{bytes};
  }

  [[nodiscard]] std::uint8_t routing_type() const noexcept { return field<std::uint8_t>(2); }
  [[nodiscard]] std::uint8_t segments_left() const noexcept { return field<std::uint8_t>(3); }
  /// What follows the first four bytes.
  [[nodiscard]] Bytes type_specific_data() const noexcept {
    return bytes_.subspan(4, header_length() - 4);
  }
  /// Whole addresses behind the first eight bytes; types 0, 2 and 4 hold them there.
  [[nodiscard]] std::size_t address_count() const noexcept {
    return (header_length() - 8) / Ipv6Address::size;
  }
  /// Precondition: index < address_count().
  [[nodiscard]] Ipv6Address address(std::size_t index) const noexcept {
    return Ipv6Address::load(bytes_.data() + 8 + index * Ipv6Address::size);
  }
  /// Where the packet goes in the end, given where its IPv6 header sends it: what the pseudo-header
  /// of the upper layer holds (RFC 8200 8.1). With no segment left, or more left than there are,
  /// and for types without a list of addresses, that is `destination`.
  [[nodiscard]] Ipv6Address final_destination(const Ipv6Address& destination) const noexcept {
    if (segments_left() == 0) return destination;
    switch (routing_type()) {
      case source_route:
      case mobility:
        return segments_left() > address_count() ? destination : address(address_count() - 1);
      case rpl_source_route:
        return rpl_final_destination(destination);
      case segment_routing:
        // RFC 8754 2: the list is reversed; one that left its first segment out has more left
        // (4.1.1).
        return segments_left() > address_count() + 1 || address_count() == 0 ? destination
                                                                             : address(0);
      default:
        return destination;
    }
  }

 private:
  using Ipv6ExtensionView::Ipv6ExtensionView;

  /// RFC 6554 3: the last address lacks its first `shared` bytes, which are the destination's.
  [[nodiscard]] Ipv6Address rpl_final_destination(Ipv6Address destination) const noexcept {
    const std::size_t shared = field<std::uint8_t>(4) & 0x0fU;
    const std::size_t padding = field<std::uint8_t>(5) >> 4U;
    const std::size_t stored = Ipv6Address::size - shared;
    if (header_length() - min_header_length < stored + padding) return destination;
    std::memcpy(destination.octets.data() + shared,
                bytes_.data() + header_length() - padding - stored, stored);
    return destination;
  }
};

/// From where to where a datagram goes in the end, which is what the pseudo-headers of what it
/// carries hold: the addresses of the IPv6 header, until extension headers name others.
struct Ipv6Ends {
  Ipv6Address source{};
  Ipv6Address destination{};

  /// Takes what an extension header names: the last address of a routing header (RFC 8200 8.1), the
  /// home address of destination options (RFC 6275 11.3.1). To be called from the outermost on.
  void pass(Protocol protocol, Bytes header) noexcept {
    if (protocol == Protocol::ipv6_routing) {
      const auto routing = Ipv6RoutingView::parse(header);
      if (routing) destination = routing->final_destination(destination);
    } else if (protocol == Protocol::ipv6_destination) {
      const auto options = Ipv6OptionsView::parse(header);
      if (options) source = options->home_address().value_or(source);
    }
  }
};

/// A checked view of a fragment header (RFC 8200 4.5); always eight bytes.
class Ipv6FragmentView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6_fragment};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<Ipv6FragmentView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return Ipv6FragmentView{bytes};
  }

  [[nodiscard]] std::uint8_t next_header() const noexcept { return field<std::uint8_t>(0); }
  [[nodiscard]] std::uint8_t reserved() const noexcept { return field<std::uint8_t>(1); }
  /// The two bits between offset and flag.
  [[nodiscard]] std::uint8_t reserved_bits() const noexcept {
    return static_cast<std::uint8_t>(field<std::uint16_t>(2) >> 1 & 3);
  }
  /// In bytes, a multiple of eight.
  [[nodiscard]] std::uint16_t fragment_offset() const noexcept {
    return field<std::uint16_t>(2) & 0xfff8;
  }
  [[nodiscard]] bool more_fragments() const noexcept { return (field<std::uint16_t>(2) & 1) != 0; }
  /// Not an atomic fragment (RFC 6946).
  [[nodiscard]] bool is_fragment() const noexcept {
    return (field<std::uint16_t>(2) & 0xfff9) != 0;
  }
  [[nodiscard]] std::uint32_t identification() const noexcept { return field<std::uint32_t>(4); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// A checked view of a mobility header (RFC 6275 6.1).
class Ipv6MobilityView : public Ipv6ExtensionView {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6_mobility};
  [[nodiscard]] static std::expected<Ipv6MobilityView, ParseError> parse(Bytes bytes) noexcept {
    if (const auto error = check(bytes)) return std::unexpected{*error};
    return Ipv6MobilityView{bytes};
  }

  [[nodiscard]] std::uint8_t message_type() const noexcept { return field<std::uint8_t>(2); }
  [[nodiscard]] std::uint8_t reserved() const noexcept { return field<std::uint8_t>(3); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] Bytes message_data() const noexcept {
    return bytes_.subspan(6, header_length() - 6);
  }

 private:
  using Ipv6ExtensionView::Ipv6ExtensionView;
};

/// A checked view of a shim6 header (RFC 5533 5.1): a payload extension or a control message.
class Ipv6Shim6View : public Ipv6ExtensionView {
 public:
  static constexpr ProtocolSet protocols{Protocol::ipv6_shim6};
  [[nodiscard]] static std::expected<Ipv6Shim6View, ParseError> parse(Bytes bytes) noexcept {
    if (const auto error = check(bytes)) return std::unexpected{*error};
    const Ipv6Shim6View header{bytes};
    // RFC 5533 5.2: a payload extension header is always eight bytes.
    if (header.is_payload() && header.length_field() != 0) {
      return std::unexpected{ParseError::bad_header_length};
    }
    return header;
  }

  /// The P bit: a payload extension header, not a control message.
  [[nodiscard]] bool is_payload() const noexcept { return (field<std::uint8_t>(2) & 0x80) != 0; }
  /// Of a control message; 7 bits.
  [[nodiscard]] std::uint8_t message_type() const noexcept { return field<std::uint8_t>(2) & 0x7f; }
  /// Of a payload extension header: the receiver's context tag, 47 bits.
  [[nodiscard]] std::uint64_t context_tag() const noexcept {
    return field<std::uint64_t>(0) & 0x7fffffffffffU;
  }

 private:
  using Ipv6ExtensionView::Ipv6ExtensionView;
};

/// What write() makes an options, routing or shim6 header of: what follows the two common bytes is
/// given.
struct Ipv6ExtensionFields {
  /// Which of them it is, as the header before names it: ip_protocol::hop_by_hop, ipv6_routing,
  /// ipv6_destination or ipv6_shim6; no part of the header.
  std::uint8_t protocol = ip_protocol::ipv6_destination;
  /// Left open: what follows, or none (59).
  std::optional<std::uint8_t> next_header{};
  /// In units of eight bytes behind the first eight. Left open: of the body.
  std::optional<std::uint8_t> length_field{};
  /// Borrowed. At most 2046 bytes; zero bytes (Pad1 in options) fill up to a multiple of eight.
  Bytes body{};

  /// `protocol`: as above; the view does not know.
  [[nodiscard]] static Ipv6ExtensionFields of(const Ipv6ExtensionView& header,
                                              std::uint8_t protocol) noexcept {
    return {.protocol = protocol,
            .next_header = header.next_header(),
            .length_field = header.length_field(),
            .body = header.bytes().subspan(2, header.header_length() - 2)};
  }
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.ip_protocol = protocol};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_header) next_header = next.ip_protocol;
  }
  [[nodiscard]] std::size_t header_length() const noexcept { return (body.size() + 2 + 7) / 8 * 8; }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    const std::size_t length = header_length();
    if (to.size() < length) return std::unexpected{WriteError::no_room};
    if (length > 2048) return std::unexpected{WriteError::too_long};
    std::memset(to.data(), 0, length);
    to[0] = next_header.value_or(ip_protocol::no_next_header);
    to[1] = length_field.value_or(static_cast<std::uint8_t>(length / 8 - 1));
    store_bytes(to.data() + 2, body);
    return length;
  }
};

/// What write() makes a mobility header of.
struct Ipv6MobilityFields {
  /// Left open: what follows, or none (59), which is the only one RFC 6275 knows.
  std::optional<std::uint8_t> next_header{};
  /// In units of eight bytes behind the first eight. Left open: of the message data.
  std::optional<std::uint8_t> length_field{};
  std::uint8_t message_type = 0;
  std::uint8_t reserved = 0;
  /// Over pseudo-header and header. Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// Borrowed. At most 2042 bytes; zero bytes (Pad1) fill up to a multiple of eight.
  Bytes message_data{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static Ipv6MobilityFields of(const Ipv6MobilityView& header) noexcept {
    return {.next_header = header.next_header(),
            .length_field = header.length_field(),
            .message_type = header.message_type(),
            .reserved = header.reserved(),
            .checksum = header.checksum(),
            .message_data = header.message_data()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::ipv6_mobility};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_header) next_header = next.ip_protocol;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return (message_data.size() + 6 + 7) / 8 * 8;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    const std::size_t length = header_length();
    if (to.size() < length) return std::unexpected{WriteError::no_room};
    if (length > 2048) return std::unexpected{WriteError::too_long};
    std::memset(to.data(), 0, length);
    to[0] = next_header.value_or(ip_protocol::no_next_header);
    to[1] = length_field.value_or(static_cast<std::uint8_t>(length / 8 - 1));
    to[2] = message_type;
    to[3] = reserved;
    store_be(to.data() + 4, checksum.value_or(0));
    store_bytes(to.data() + 6, message_data);
    return length;
  }
  /// RFC 6275 6.1.1: of the header alone.
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    store_be(message.data() + 4, std::uint16_t{0});
    const Bytes header = up_to(message, (message[1] + std::size_t{1}) * 8);
    store_be(message.data() + 4, internet_checksum(header, pseudo_header));
  }
};

/// What write() makes a fragment header of.
struct Ipv6FragmentFields {
  /// Left open: what follows, or none (59).
  std::optional<std::uint8_t> next_header{};
  std::uint8_t reserved = 0;
  /// In bytes, a multiple of eight.
  std::uint16_t fragment_offset = 0;
  /// The two bits between offset and flag.
  std::uint8_t reserved_bits = 0;
  bool more_fragments = false;
  std::uint32_t identification = 0;

  [[nodiscard]] static Ipv6FragmentFields of(const Ipv6FragmentView& header) noexcept {
    return {.next_header = header.next_header(),
            .reserved = header.reserved(),
            .fragment_offset = header.fragment_offset(),
            .reserved_bits = header.reserved_bits(),
            .more_fragments = header.more_fragments(),
            .identification = header.identification()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::ipv6_fragment};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!next_header) next_header = next.ip_protocol;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return Ipv6FragmentView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (fragment_offset % 8 != 0 || reserved_bits > 3) {
      return std::unexpected{WriteError::bad_value};
    }
    to[0] = next_header.value_or(ip_protocol::no_next_header);
    to[1] = reserved;
    store_be(to.data() + 2, static_cast<std::uint16_t>(fragment_offset | reserved_bits << 1 |
                                                       (more_fragments ? 1 : 0)));
    store_be(to.data() + 4, identification);
    return header_length();
  }
};

}  // namespace weir::wire
