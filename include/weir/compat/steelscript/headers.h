// The attributes of Ethernet, ARP, MPLS, IP, UDP, TCP and ICMP, as steelscript.packets names them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/compat/steelscript/field.h"

namespace weir::compat::steelscript {

/// Of an Ethernet II frame with one VLAN tag, or none.
struct EthernetHeader {
  MacAddress src_mac{};
  MacAddress dst_mac{};
  /// The EtherType of the payload, behind the tag if there is one.
  std::uint16_t type = 0x0800;
  /// 0: there is no tag.
  std::uint16_t tpid = 0;
  /// At most 7, and as what follows, of the tag.
  std::uint8_t priority_code = 0;
  /// 0 or 1.
  std::uint8_t drop_eligible = 0;
  /// At most 4,095.
  std::uint16_t vlan_id = 0;

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes) noexcept;
  [[nodiscard]] WEIR_API Next next(Bytes payload) const noexcept;
  [[nodiscard]] std::size_t header_length() const noexcept { return tpid != 0 ? 18 : 14; }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
};

/// Of an ARP packet. Addresses are bytes as they stand.
struct ArpHeader {
  std::uint16_t hardware_type = 1;
  std::uint16_t proto_type = 0x0800;
  std::uint8_t hardware_len = MacAddress::size;
  std::uint8_t proto_len = Ipv4Address::size;
  /// Of what is set 1 to 9; of what is read as it stands.
  std::uint16_t operation = 1;
  Octets sender_hw_addr = Octets(MacAddress::size);
  Octets sender_proto_addr = Octets(Ipv4Address::size);
  Octets target_hw_addr = Octets(MacAddress::size);
  Octets target_proto_addr = Octets(Ipv4Address::size);

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] std::size_t header_length() const noexcept {
    return 8 + sender_hw_addr.size() + sender_proto_addr.size() + target_hw_addr.size() +
           target_proto_addr.size();
  }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
};

/// Of one entry of an MPLS label stack.
struct MplsHeader {
  /// 20 bits.
  std::uint32_t label = 0;
  /// At most 7.
  std::uint8_t tc = 0;
  /// 1 at the bottom of the stack, else 0.
  std::uint8_t s = 1;
  std::uint8_t ttl = 0;

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes) noexcept;
  /// At the bottom IPv4 where the payload begins with a 4, otherwise Ethernet.
  [[nodiscard]] WEIR_API Next next(Bytes payload) const noexcept;
  [[nodiscard]] static std::size_t header_length() noexcept { return 4; }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
  [[nodiscard]] WEIR_API bool answers(std::string_view query) const noexcept;
};

/// Of an IPv4 datagram.
struct IpHeader {
  /// At most 15; only 4 is read.
  std::uint8_t version = 4;
  /// The header's length in words of four bytes, at most 15.
  std::uint8_t iphl = 5;
  std::uint8_t tos = 0;
  /// Bytes of header and payload.
  std::uint16_t total_len = 0;
  std::uint16_t ident = 0;
  /// The reserved flag (RFC 3514), "do not fragment", "more fragments": 0 or 1.
  std::uint8_t flag_x = 0;
  std::uint8_t flag_d = 0;
  std::uint8_t flag_m = 0;
  std::uint8_t ttl = 64;
  /// In units of eight bytes, at most 8,191.
  std::uint16_t frag_offset = 0;
  std::uint8_t proto = 0;
  std::uint16_t checksum = 0;
  Ipv4Address src{};
  Ipv4Address dst{};

  /// The three flags as one number.
  [[nodiscard]] std::uint8_t get_flags() const noexcept {
    return static_cast<std::uint8_t>(flag_x << 2 | flag_d << 1 | flag_m);
  }
  void set_flags(std::uint8_t flags) noexcept {
    flag_x = flags >> 2 & 1;
    flag_d = flags >> 1 & 1;
    flag_m = flags & 1;
  }
  [[nodiscard]] const Octets& get_options() const noexcept { return options_; }
  /// At most 40 bytes, padded to a multiple of four when written; iphl follows.
  void set_options(Octets options) noexcept {
    options_ = std::move(options);
    iphl = static_cast<std::uint8_t>(header_length() / 4);
  }

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  /// By `proto`; of a fragment that is not the first, nothing.
  [[nodiscard]] WEIR_API Next next(Bytes payload) const noexcept;
  [[nodiscard]] std::size_t header_length() const noexcept {
    return 20 + (options_.size() + 3) / 4 * 4;
  }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
  [[nodiscard]] WEIR_API Pkt2Net inner(const Pkt2Net& told) const noexcept;

 private:
  Octets options_{};
};

/// Of a UDP datagram.
struct UdpHeader {
  std::uint16_t sport = 0;
  std::uint16_t dport = 0;
  /// Bytes of header and payload.
  std::uint16_t ulen = 0;
  std::uint16_t checksum = 0;

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes) noexcept;
  [[nodiscard]] static Next next(Bytes /*payload*/) noexcept { return Next::port; }
  [[nodiscard]] static std::size_t header_length() noexcept { return 8; }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
};

/// Of a TCP segment, or of what there is of one: an ICMP error quotes eight bytes at least.
struct TcpHeader {
  std::uint16_t sport = 0;
  std::uint16_t dport = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  /// The header's length in words of four bytes: 5 to 15.
  std::uint8_t data_offset = 5;
  /// Each 0 or 1.
  std::uint8_t flag_ns = 0;
  std::uint8_t flag_cwr = 0;
  std::uint8_t flag_ece = 0;
  std::uint8_t flag_urg = 0;
  std::uint8_t flag_ack = 0;
  std::uint8_t flag_psh = 0;
  std::uint8_t flag_rst = 0;
  std::uint8_t flag_syn = 0;
  std::uint8_t flag_fin = 0;
  std::uint16_t window = 0;
  std::uint16_t checksum = 0;
  std::uint16_t urg_ptr = 0;
  /// Bytes of payload, as Wireshark's tcp.len: as they were read or written last. get_field_val()
  /// has the length of the payload as it stands.
  std::uint16_t ws_len = 0;

  /// The nine flags as one number, FIN the lowest.
  [[nodiscard]] WEIR_API std::uint16_t get_flags() const noexcept;
  WEIR_API void set_flags(std::uint16_t flags) noexcept;
  [[nodiscard]] const Octets& get_options() const noexcept { return options_; }
  /// At most 40 bytes, padded to a multiple of four when written; data_offset follows.
  void set_options(Octets options) noexcept {
    options_ = std::move(options);
    stub_ = 0;
    data_offset = static_cast<std::uint8_t>(5 + (options_.size() + 3) / 4);
  }

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] static Next next(Bytes /*payload*/) noexcept { return Next::port; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return stub_ != 0 ? stub_ : 20 + (options_.size() + 3) / 4 * 4;
  }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;

 private:
  Octets options_{};
  std::uint8_t reserved_ = 0;
  /// How much of the header there was, where that is less than all: an ICMP error quotes eight
  /// bytes, a capture may end within the options. Otherwise 0.
  std::uint8_t stub_ = 0;
};

/// Of an ICMP message. Which attributes are there, its type says.
struct IcmpHeader {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t checksum = 0;
  /// Of echo, information and timestamp messages.
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  /// Of "destination unreachable".
  std::uint16_t mtu = 0;
  /// Of "parameter problem".
  std::uint8_t pointer = 0;
  /// Of timestamp messages: milliseconds since midnight.
  std::uint32_t orig_ts = 0;
  std::uint32_t rec_ts = 0;
  std::uint32_t trans_ts = 0;
  /// Of a redirect: the gateway.
  Ipv4Address address{};
  /// Of echo and information messages.
  Octets echo_data{};
  /// Of messages that have none of these: what follows the first eight bytes.
  Octets data{};

  /// Seconds that echo data begin with, microseconds behind the point: "1.000002"; without such
  /// data "0.0".
  [[nodiscard]] WEIR_API std::string data_time() const noexcept;
  /// Whether the message quotes a datagram: hdr_pkt.
  [[nodiscard]] WEIR_API bool is_error() const noexcept;

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] static Next next(Bytes payload) noexcept {
    return payload.empty() ? Next::nothing : Next::ip;
  }
  [[nodiscard]] WEIR_API std::size_t header_length() const noexcept;
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
  [[nodiscard]] WEIR_API std::optional<Pkt2Net> inner(const Pkt2Net& told) const noexcept;

 private:
  [[nodiscard]] bool is_echo() const noexcept;
  [[nodiscard]] bool is_timestamp() const noexcept;
  [[nodiscard]] std::uint32_t written_rest() const noexcept;

  /// The second four bytes, as they were read.
  std::uint32_t rest_ = 0;
};

}  // namespace weir::compat::steelscript
