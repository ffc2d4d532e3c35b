// The Internet Control Message Protocol for IPv6 (RFC 4443), with neighbour discovery (RFC 4861).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// IANA's numbers; any other value is legal and merely not known here.
enum class Icmpv6Type : std::uint8_t {
  destination_unreachable = 1,
  packet_too_big = 2,
  time_exceeded = 3,
  parameter_problem = 4,
  echo_request = 128,
  echo_reply = 129,
  multicast_listener_query = 130,
  multicast_listener_report = 131,
  multicast_listener_done = 132,
  router_solicitation = 133,
  router_advertisement = 134,
  neighbor_solicitation = 135,
  neighbor_advertisement = 136,
  redirect = 137,
  multicast_listener_report_v2 = 143,
};

/// A checked view of an ICMPv6 message: every message has eight bytes of header. The readers of the
/// second four bytes are named for the messages that give them a meaning.
class Icmpv6View : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::icmpv6};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<Icmpv6View, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return Icmpv6View{bytes};
  }

  [[nodiscard]] Icmpv6Type type() const noexcept {
    return static_cast<Icmpv6Type>(field<std::uint8_t>(0));
  }
  [[nodiscard]] std::uint8_t code() const noexcept { return field<std::uint8_t>(1); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t rest_of_header() const noexcept { return field<std::uint32_t>(4); }

  /// Of echo messages.
  [[nodiscard]] std::uint16_t identifier() const noexcept { return field<std::uint16_t>(4); }
  /// Of echo messages.
  [[nodiscard]] std::uint16_t sequence_number() const noexcept { return field<std::uint16_t>(6); }
  /// Of packet too big.
  [[nodiscard]] std::uint32_t mtu() const noexcept { return rest_of_header(); }
  /// Of a parameter problem: where in the quoted packet.
  [[nodiscard]] std::uint32_t pointer() const noexcept { return rest_of_header(); }

  /// Whether the payload quotes the packet that caused the message (RFC 4443 2.1).
  [[nodiscard]] bool is_error() const noexcept { return field<std::uint8_t>(0) < 128; }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an ICMPv6 header of.
struct Icmpv6Fields {
  Icmpv6Type type = Icmpv6Type::echo_request;
  std::uint8_t code = 0;
  /// Over pseudo-header, header and payload. Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  std::uint32_t rest_of_header = 0;
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static Icmpv6Fields of(const Icmpv6View& message) noexcept {
    return {.type = message.type(),
            .code = message.code(),
            .checksum = message.checksum(),
            .rest_of_header = message.rest_of_header()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::icmpv6};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return Icmpv6View::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = static_cast<std::uint8_t>(type);
    to[1] = code;
    store_be(to.data() + 2, checksum.value_or(0));
    store_be(to.data() + 4, rest_of_header);
    return header_length();
  }
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    store_be(message.data() + 2, std::uint16_t{0});
    store_be(message.data() + 2, internet_checksum(message, pseudo_header));
  }
};

/// One option of a neighbour discovery message (RFC 4861 4.6).
struct NeighborOption {
  static constexpr std::uint8_t source_link_layer_address = 1;
  static constexpr std::uint8_t target_link_layer_address = 2;
  static constexpr std::uint8_t prefix_information = 3;
  static constexpr std::uint8_t redirected_header = 4;
  static constexpr std::uint8_t mtu = 5;

  std::uint8_t type = 0;
  /// What follows type and length.
  Bytes data{};

  /// See Tlv; the length counts units of eight bytes.
  [[nodiscard]] static std::size_t read(Bytes rest, NeighborOption& option) noexcept {
    if (rest.size() < 2) return 0;
    const std::size_t size = std::size_t{rest[1]} * 8;
    if (size == 0 || size > rest.size()) return 0;
    option = {.type = rest[0], .data = rest.subspan(2, size - 2)};
    return size;
  }
};

using NeighborOptionList = TlvList<NeighborOption>;

/// A checked view of a neighbour solicitation or advertisement (RFC 4861 4.3, 4.4).
class NeighborView : public View {
 public:
  static constexpr std::size_t min_header_length = 24;

  /// `message` starts with the ICMPv6 header.
  [[nodiscard]] static std::expected<NeighborView, ParseError> parse(Bytes message) noexcept {
    if (message.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const auto type = static_cast<Icmpv6Type>(message[0]);
    if (type != Icmpv6Type::neighbor_solicitation && type != Icmpv6Type::neighbor_advertisement) {
      return std::unexpected{ParseError::bad_field};
    }
    return NeighborView{message};
  }

  [[nodiscard]] Icmpv6Type type() const noexcept { return static_cast<Icmpv6Type>(bytes_[0]); }
  [[nodiscard]] std::uint8_t code() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  /// Of an advertisement.
  [[nodiscard]] bool router() const noexcept { return (field<std::uint8_t>(4) & 0x80) != 0; }
  /// Of an advertisement.
  [[nodiscard]] bool solicited() const noexcept { return (field<std::uint8_t>(4) & 0x40) != 0; }
  /// Of an advertisement: override.
  [[nodiscard]] bool overrides() const noexcept { return (field<std::uint8_t>(4) & 0x20) != 0; }
  [[nodiscard]] Ipv6Address target() const noexcept { return Ipv6Address::load(bytes_.data() + 8); }
  [[nodiscard]] NeighborOptionList options() const noexcept {
    return NeighborOptionList{payload()};
  }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes the fixed part of a neighbour solicitation or advertisement of.
struct NeighborFields {
  /// Or neighbor_solicitation, of which the three flags are false.
  Icmpv6Type type = Icmpv6Type::neighbor_advertisement;
  std::uint8_t code = 0;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  bool router = false;
  bool solicited = false;
  bool overrides = false;
  Ipv6Address target{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static NeighborFields of(const NeighborView& message) noexcept {
    return {.type = message.type(),
            .code = message.code(),
            .checksum = message.checksum(),
            .router = message.router(),
            .solicited = message.solicited(),
            .overrides = message.overrides(),
            .target = message.target()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return Icmpv6Fields::numbers();
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return NeighborView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const unsigned flags =
        (router ? 0x80U : 0U) | (solicited ? 0x40U : 0U) | (overrides ? 0x20U : 0U);
    const Icmpv6Fields header{
        .type = type, .code = code, .checksum = checksum, .rest_of_header = flags << 24};
    (void)header.write(to, {});
    store_bytes(to.data() + Icmpv6Fields::header_length(), target.octets);
    return header_length();
  }
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    Icmpv6Fields::seal(message, pseudo_header);
  }
};

/// A checked view of a router advertisement (RFC 4861 4.2).
class RouterAdvertisementView : public View {
 public:
  static constexpr std::size_t min_header_length = 16;

  /// `message` starts with the ICMPv6 header.
  [[nodiscard]] static std::expected<RouterAdvertisementView, ParseError> parse(
      Bytes message) noexcept {
    if (message.size() < min_header_length) return std::unexpected{ParseError::truncated};
    if (static_cast<Icmpv6Type>(message[0]) != Icmpv6Type::router_advertisement) {
      return std::unexpected{ParseError::bad_field};
    }
    return RouterAdvertisementView{message};
  }

  [[nodiscard]] std::uint8_t code() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint8_t current_hop_limit() const noexcept { return field<std::uint8_t>(4); }
  [[nodiscard]] bool managed() const noexcept { return (field<std::uint8_t>(5) & 0x80) != 0; }
  [[nodiscard]] bool other() const noexcept { return (field<std::uint8_t>(5) & 0x40) != 0; }
  /// The six bits behind those two: flags of RFC 5175.
  [[nodiscard]] std::uint8_t more_flags() const noexcept { return bytes_[5] & 0x3f; }
  /// In seconds.
  [[nodiscard]] std::uint16_t router_lifetime() const noexcept { return field<std::uint16_t>(6); }
  /// In milliseconds.
  [[nodiscard]] std::uint32_t reachable_time() const noexcept { return field<std::uint32_t>(8); }
  /// In milliseconds.
  [[nodiscard]] std::uint32_t retrans_timer() const noexcept { return field<std::uint32_t>(12); }
  [[nodiscard]] NeighborOptionList options() const noexcept {
    return NeighborOptionList{payload()};
  }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes the fixed part of a router advertisement of.
struct RouterAdvertisementFields {
  std::uint8_t code = 0;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  std::uint8_t current_hop_limit = 0;
  bool managed = false;
  bool other = false;
  /// The six bits behind those two: flags of RFC 5175.
  std::uint8_t more_flags = 0;
  /// In seconds.
  std::uint16_t router_lifetime = 0;
  /// In milliseconds.
  std::uint32_t reachable_time = 0;
  /// In milliseconds.
  std::uint32_t retrans_timer = 0;
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static RouterAdvertisementFields of(
      const RouterAdvertisementView& message) noexcept {
    return {.code = message.code(),
            .checksum = message.checksum(),
            .current_hop_limit = message.current_hop_limit(),
            .managed = message.managed(),
            .other = message.other(),
            .more_flags = message.more_flags(),
            .router_lifetime = message.router_lifetime(),
            .reachable_time = message.reachable_time(),
            .retrans_timer = message.retrans_timer()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return Icmpv6Fields::numbers();
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return RouterAdvertisementView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (more_flags > 0x3f) return std::unexpected{WriteError::bad_value};
    to[0] = static_cast<std::uint8_t>(Icmpv6Type::router_advertisement);
    to[1] = code;
    store_be(to.data() + 2, checksum.value_or(0));
    to[4] = current_hop_limit;
    to[5] = static_cast<std::uint8_t>((managed ? 0x80 : 0) | (other ? 0x40 : 0) | more_flags);
    store_be(to.data() + 6, router_lifetime);
    store_be(to.data() + 8, reachable_time);
    store_be(to.data() + 12, retrans_timer);
    return header_length();
  }
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    Icmpv6Fields::seal(message, pseudo_header);
  }
};

}  // namespace weir::wire
