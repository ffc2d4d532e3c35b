// Prints the headers of one packet, following decode()'s layers.
#pragma once

#include <optional>
#include <string>

#include "line.h"
#include "sequence_table.h"
#include "sink/interface_names.h"
#include "weir/sink/packet_text.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/layers.h"

namespace weir::sink::text {

namespace ip_protocol = wire::ip_protocol;
using wire::Protocol;

/// What outlives a packet.
struct Memory {
  PacketTextOptions options;
  SequenceTable sequences;
  InterfaceNames interfaces;
};

/// The IP header a transport header stands behind.
struct IpContext {
  int version = 0;
  IpAddress source{};
  IpAddress destination{};
  /// Where the checksum of the payload says the datagram goes: differs with a routing header.
  IpAddress final_destination{};
  std::uint8_t hop_limit = 0;
  /// The transport follows the IP header directly, so its ports join the addresses.
  bool direct = false;
  bool fragmented = false;
  /// Bytes from the IP header's own first byte, for quoting.
  [[nodiscard]] wire::WordSum pseudo_header(std::uint8_t protocol,
                                            std::size_t length) const noexcept;
};

/// Prints one packet. Each printer puts its header, then says what follows with next().
class Printer {
 public:
  Printer(Line& line, Memory& memory, unsigned depth = 0) noexcept
      : line_{line}, memory_{memory}, options_{memory.options}, depth_{depth} {}

  /// Everything between the time and the hex dump. Returns the length of the link header.
  std::size_t print(const Packet& packet, const wire::Layers& layers);

  /// "eth0  In  ", the columns of Linux cooked captures. `name` need not be printable.
  static void put_interface(Line& line, std::string_view name, std::string_view direction);

 private:
  /// What follows is a `protocol` header at `rest`. The loop goes on there if decode() agrees.
  void next(Protocol protocol, const Header& rest) noexcept {
    next_ = protocol;
    rest_ = rest;
  }
  void dispatch(Protocol protocol, const Header& header);
  bool dispatch_link(Protocol protocol, const Header& header);
  bool dispatch_network(Protocol protocol, const Header& header);
  void start(const Packet& packet, const Header& header, const wire::Layers& layers);
  void start_behind_link(const Header& header, const wire::Layers& layers);
  /// Puts the bytes of something unknown below the line, unless a dump was asked for.
  void put_unknown(const Header& header);

  // ethernet.cpp, link.cpp, llc.cpp
  void ethernet(const Header& header);
  void ethernet_addresses(const Header& header, std::uint16_t type, std::size_t length);
  void put_ether_type(std::uint16_t type);
  void vlan(const Header& header);
  bool tag_is_cut(std::uint16_t type, const Header& rest);
  void by_ether_type(std::uint16_t type, const Header& rest);
  void unknown_ether_type(std::uint16_t type, const Header& rest);
  void llc(const Header& header);
  void snap(const Header& header);
  void stp(const Header& header);
  void sll(const Header& header);
  void sll2(const Header& header);
  void cooked_address(const Header& address, std::size_t length);
  void cooked_protocol(std::uint16_t protocol, std::size_t length);
  void cooked_payload(std::uint16_t protocol, const Header& rest);
  void null(const Header& header, bool big_endian);
  void raw(const Header& header);
  void ppp(const Header& header, bool with_link_header);
  void pppoe(const Header& header);
  void mpls(const Header& header);
  void arp(const Header& header);

  // ip.cpp, ipv6.cpp
  void ipv4(const Header& header);
  void ipv4_details(const Header& header, std::size_t header_length);
  bool ipv4_options(const Header& options);
  void by_ip_protocol(std::uint8_t protocol, const Header& rest);
  void unknown_ip_protocol(std::uint8_t protocol, const Header& rest);
  void put_addresses();
  void ipv6(const Header& header);
  void ipv6_details(const Header& header);
  void ipv6_next(std::uint8_t protocol, const Header& rest);
  void ipv6_behind_extension(std::uint8_t protocol, const Header& rest);
  void ipv6_options(const Header& header, const char* name, const char* protocol);
  void ipv6_routing(const Header& header);
  void ipv6_fragment(const Header& header);
  void ah(const Header& header);
  void esp(const Header& header);

  // transport
  void put_endpoints(std::uint16_t source, std::uint16_t destination);
  void tcp(const Header& header);
  void tcp_checksum(const Header& header);
  void tcp_payload(const Header& payload, std::uint16_t source, std::uint16_t destination,
                   std::uint8_t flags);
  void udp(const Header& header);
  void udp_checksum(const Header& header, std::size_t length);
  void udp_payload(const Header& header, std::uint16_t source, std::uint16_t destination,
                   std::size_t length);
  void sctp(const Header& header);
  void icmp(const Header& header);
  void icmp_times(const Header& header);
  void icmp_quote(const Header& header);
  void icmpv6_checksum(const Header& header);
  void icmpv6(const Header& header);
  void igmp(const Header& header);
  void gre(const Header& header);
  void vxlan(const Header& header);
  void geneve(const Header& header);

  // applications
  void dns(const Header& header, bool over_tcp, bool multicast);
  void ssh(const Header& payload);
  bool lines_of_text(const Header& payload, std::uint16_t source, std::uint16_t destination);
  void server_name(const wire::Layers& layers, const Packet& packet);

  [[nodiscard]] bool verbose(unsigned level = 1) const noexcept {
    return options_.verbosity >= level;
  }

  Line& line_;
  Memory& memory_;
  const PacketTextOptions& options_;
  IpContext ip_;
  std::optional<Protocol> next_;
  Header rest_{line_, {}, 0};
  std::size_t link_header_ = 0;
  Header frame_{line_, {}, 0};
  unsigned depth_;
  bool in_label_stack_ = false;
};

/// What the checksum field should hold, given the sum over everything with `stored` in it.
[[nodiscard]] inline std::uint16_t corrected(std::uint16_t stored, wire::WordSum sum) noexcept {
  const auto without = wire::WordSum::of(static_cast<std::uint16_t>(~stored));
  return static_cast<std::uint16_t>(~(sum + without).folded());
}

/// Lines of hex below the line; `prefix` stands before each.
void put_hex(std::string& out, Bytes bytes, std::string_view prefix);
void put_hex_and_text(std::string& out, Bytes bytes, std::string_view prefix);
/// The bytes as text on lines of their own (-A).
void put_characters(std::string& out, Bytes bytes);

[[nodiscard]] std::string_view ether_type_name(std::uint16_t type) noexcept;
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t protocol) noexcept;
/// Protocols whose printers put the addresses themselves, joined by ports.
[[nodiscard]] bool has_ports(std::uint8_t protocol) noexcept;

}  // namespace weir::sink::text
