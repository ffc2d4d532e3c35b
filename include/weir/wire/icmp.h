// The Internet Control Message Protocol (RFC 792).
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// IANA's numbers; any other value is legal and merely not known here.
enum class IcmpType : std::uint8_t {
  echo_reply = 0,
  destination_unreachable = 3,
  source_quench = 4,
  redirect = 5,
  echo = 8,
  router_advertisement = 9,
  router_solicitation = 10,
  time_exceeded = 11,
  parameter_problem = 12,
  timestamp = 13,
  timestamp_reply = 14,
  information_request = 15,
  information_reply = 16,
  address_mask_request = 17,
  address_mask_reply = 18,
};

/// A checked view of an ICMP message: every message has eight bytes of header. The readers of the
/// second four bytes are named for the messages that give them a meaning.
class IcmpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::icmp};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<IcmpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return IcmpView{bytes};
  }

  [[nodiscard]] IcmpType type() const noexcept {
    return static_cast<IcmpType>(field<std::uint8_t>(0));
  }
  [[nodiscard]] std::uint8_t code() const noexcept { return field<std::uint8_t>(1); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t rest_of_header() const noexcept { return field<std::uint32_t>(4); }

  /// Of echo, timestamp, information and address mask messages.
  [[nodiscard]] std::uint16_t identifier() const noexcept { return field<std::uint16_t>(4); }
  /// Of echo, timestamp, information and address mask messages.
  [[nodiscard]] std::uint16_t sequence_number() const noexcept { return field<std::uint16_t>(6); }
  /// Of a redirect.
  [[nodiscard]] Ipv4Address gateway() const noexcept {
    return Ipv4Address::load(bytes_.data() + 4);
  }
  /// Of a parameter problem: where in the quoted datagram.
  [[nodiscard]] std::uint8_t pointer() const noexcept { return field<std::uint8_t>(4); }
  /// Of destination unreachable, fragmentation needed (RFC 1191 4).
  [[nodiscard]] std::uint16_t next_hop_mtu() const noexcept { return field<std::uint16_t>(6); }

  /// Whether the payload quotes the datagram that caused the message.
  [[nodiscard]] bool is_error() const noexcept {
    const IcmpType kind = type();
    return kind == IcmpType::destination_unreachable || kind == IcmpType::source_quench ||
           kind == IcmpType::redirect || kind == IcmpType::time_exceeded ||
           kind == IcmpType::parameter_problem;
  }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an ICMP header of.
struct IcmpFields {
  IcmpType type = IcmpType::echo;
  std::uint8_t code = 0;
  /// Over header and payload. Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  std::uint32_t rest_of_header = 0;

  [[nodiscard]] static IcmpFields of(const IcmpView& message) noexcept {
    return {.type = message.type(),
            .code = message.code(),
            .checksum = message.checksum(),
            .rest_of_header = message.rest_of_header()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::icmp};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return IcmpView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = static_cast<std::uint8_t>(type);
    to[1] = code;
    store_be(to.data() + 2, checksum.value_or(0));
    store_be(to.data() + 4, rest_of_header);
    return header_length();
  }
  /// No pseudo-header is in the sum.
  static void seal(MutableBytes message, WordSum /*pseudo_header*/) noexcept {
    store_be(message.data() + 2, std::uint16_t{0});
    store_be(message.data() + 2, internet_checksum(message));
  }
};

}  // namespace weir::wire
