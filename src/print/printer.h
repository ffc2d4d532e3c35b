// Prints the headers of one packet, following decode()'s layers.
#pragma once

#include <optional>
#include <string>

#include "print/line.h"
#include "print/sequence_table.h"
#include "record/interface_names.h"
#include "weir/print/packet_text.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/layers.h"

namespace weir::print {

namespace ip_protocol = wire::ip_protocol;
using wire::Protocol;

/// What outlives a packet.
struct Memory {
  PacketTextOptions options;
  SequenceTable sequences;
  record::InterfaceNames interfaces;
};

/// The IP header a transport header stands behind.
struct IpContext {
  int version = 0;
  IpAddress source{};
  IpAddress destination{};
  std::uint8_t hop_limit = 0;
  /// The transport follows the IP header directly, so its ports join the addresses.
  bool direct = false;
  bool fragmented = false;
};

/// What wire/ says of a header's checksum.
struct Checksum {
  wire::ChecksumVerdict verdict = wire::ChecksumVerdict::none;
  /// What the field should hold where the verdict is bad.
  std::uint16_t expected = 0;

  [[nodiscard]] bool good() const noexcept { return verdict == wire::ChecksumVerdict::good; }
  [[nodiscard]] bool bad() const noexcept { return verdict == wire::ChecksumVerdict::bad; }
};

/// Prints one packet. Each printer puts its header, then goes on with follow().
class Printer {
 public:
  /// `layers` is the result of decode(packet).
  Printer(Line& line, Memory& memory, const Packet& packet, const wire::Layers& layers,
          unsigned depth = 0) noexcept
      : line_{line},
        memory_{memory},
        options_{memory.options},
        packet_{packet},
        layers_{layers},
        depth_{depth} {}

  /// Everything between the time and the hex dump. Returns the length of the link header.
  std::size_t print();

  /// "eth0  In  ", the columns of Linux cooked captures. `name` need not be printable.
  static void put_interface(Line& line, std::string_view name, std::string_view direction);

 private:
  /// The loop goes on with a `protocol` header at `rest`.
  void next(Protocol protocol, const Header& rest) noexcept {
    next_ = protocol;
    rest_ = rest;
  }
  /// What follows is what decode() found at `rest`, or says is missing there, if that has a
  /// printer; false if not.
  bool follow(const Header& rest) noexcept;
  /// The protocol of what decode() found at `rest`, or says is missing there.
  [[nodiscard]] std::optional<Protocol> following(const Header& rest) const noexcept;
  /// Whether a port that says DNS says so, or a number that was assigned.
  [[nodiscard]] bool carries_dns(wire::NumberSpace space, std::uint16_t source,
                                 std::uint16_t destination) const noexcept;
  /// Bytes on the wire from the header that is being printed to the end of its datagram: what it
  /// states; where that is 0, as far as decode() says.
  [[nodiscard]] std::size_t datagram_length(std::size_t stated,
                                            const Header& header) const noexcept;
  /// The bytes behind the header that is being printed, where decode() knows how long it is.
  [[nodiscard]] Header behind(const Header& header) const noexcept;
  void start(const Header& header);
  void start_behind_link(const Header& header);
  /// A header of the user's: its name.
  void user(Protocol protocol, const Header& header);
  /// Of the header that is being printed; none where decode() did not find it.
  [[nodiscard]] Checksum checksum() noexcept;
  /// Puts the bytes of something unknown below the line, unless a dump was asked for.
  void put_unknown(const Header& header);

  // ethernet.cpp, link.cpp, llc.cpp
  void ethernet(const Header& header);
  void ethernet_addresses(const Header& header, std::uint16_t type, std::size_t length);
  void put_ether_type(std::uint16_t type);
  void vlan(const Header& header);
  bool tag_is_cut(std::uint16_t type, const Header& rest);
  void by_type_or_length(std::uint16_t type, const Header& rest);
  void by_ether_type(std::uint16_t type, const Header& rest);
  void unknown_ether_type(std::uint16_t type, const Header& rest);
  void llc(const Header& header);
  void snap(const Header& header);
  void stp(const Header& header);
  void sll(const Header& header);
  void sll2(const Header& header);
  void cooked_address(const Header& address, std::size_t length);
  void cooked_protocol(std::uint16_t protocol, std::size_t length);
  void null(const Header& header);
  void raw(const Header& header);
  void pppoe(const Header& header);
  void mpls(const Header& header);
  void ipoib(const Header& header);

  // tags.cpp
  void behind_tag(std::size_t size, const Header& header);
  void vn_tag(const Header& header);
  void e_tag(const Header& header);
  void r_tag(const Header& header);
  void hsr(const Header& header);
  void hsr_supervision(const Header& header);
  void macsec(const Header& header);
  void cisco_metadata(const Header& header);
  void service_tag(const Header& header);
  void trill(const Header& header);

  // serial.cpp
  void serial(const Header& header);
  void ppp(const Header& header);
  void ppp(const Header& header, bool with_link_header);
  void c_hdlc(const Header& header);
  void arp(const Header& header);

  // ip.cpp, ipv6.cpp
  void ipv4(const Header& header);
  void ipv4_details(const Header& header, std::size_t header_length);
  bool ipv4_options(const Header& options);
  void behind_ip(std::uint8_t protocol, const Header& rest);
  void unknown_ip_protocol(std::uint8_t protocol, const Header& rest);
  void put_addresses();
  void ipv6(const Header& header);
  void ipv6_details(const Header& header);
  void behind_extension(std::uint8_t protocol, const Header& rest);
  void ipv6_options(const Header& header, const char* name, const char* protocol);
  void hop_by_hop(const Header& header);
  void destination_options(const Header& header);
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
  void udp_checksum(const Header& header);
  void udp_payload(const Header& header, std::uint16_t source, std::uint16_t destination,
                   std::size_t length);
  void udp_lite(const Header& header);
  void sctp(const Header& header);
  void dccp(const Header& header);
  void dccp_checksum(const Header& header);
  void icmp(const Header& header);
  void icmp_times(const Header& header);
  void icmp_quote(const Header& header);
  void icmpv6_checksum(const Header& header);
  void icmpv6(const Header& header);
  void igmp(const Header& header);
  void gre(const Header& header);
  void vxlan(const Header& header);
  void vxlan_gpe(const Header& header);
  void geneve(const Header& header);

  // overlays.cpp
  void nsh(const Header& header);
  void l2tp(const Header& header);
  void l2tp_control(const Header& message);
  void gtp(const Header& header);
  void teredo(const Header& header);
  void erspan(const Header& header);
  void ether_ip(const Header& header);
  void inner(const Header& rest);

  // applications
  void dns(const Header& header, bool over_tcp, bool multicast);
  void ssh(const Header& payload);
  bool lines_of_text(const Header& payload, std::uint16_t source, std::uint16_t destination);
  void server_name();

  [[nodiscard]] bool verbose(unsigned level = 1) const noexcept {
    return options_.verbosity >= level;
  }

  Line& line_;
  Memory& memory_;
  const PacketTextOptions& options_;
  const Packet& packet_;
  const wire::Layers& layers_;
  /// The layer being printed, once it was found among those of decode().
  std::size_t layer_ = 0;
  bool agreed_ = true;
  std::optional<wire::ChecksumVerdicts> verdicts_{};
  IpContext ip_;
  std::optional<Protocol> next_;
  Header rest_{line_, {}, 0};
  std::size_t link_header_ = 0;
  Header frame_{line_, {}, 0};
  unsigned depth_;
  bool in_label_stack_ = false;
  bool is_gpe_ = false;
  /// Braces around the packets of L2TP sessions that are to be closed.
  unsigned open_braces_ = 0;

  friend struct Printers;
};

/// Whether packet text has a printer for the header: docs/text.md lists those that have one.
[[nodiscard]] bool has_printer(Protocol protocol) noexcept;

/// Lines of hex below the line; `prefix` stands before each.
void put_hex(std::string& out, Bytes bytes, std::string_view prefix);
void put_hex_and_text(std::string& out, Bytes bytes, std::string_view prefix);
/// The bytes as text on lines of their own (-A).
void put_characters(std::string& out, Bytes bytes);

[[nodiscard]] std::string_view ether_type_name(std::uint16_t type) noexcept;
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t protocol) noexcept;

}  // namespace weir::print
