// Headers as pycap names them: what next() finds in packets, and what inject() sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/compat/pycap/error.h"
#include "weir/wire/arp.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/icmp.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::compat::pycap::protocol {

/// What all headers have. All other members hold what the header does, and may be written. A value:
/// const calls from several threads at once.
class raw {
 public:
  raw() noexcept = default;
  explicit raw(Bytes captured) noexcept : packet_{captured} {}

  /// What was captured, from the header's first byte on; of a header that a program has made, no
  /// bytes at nullptr. Borrowed: valid as long as the Packet it was found in.
  [[nodiscard]] Bytes packet() const noexcept { return packet_; }

 private:
  Bytes packet_{};
};

/// "02:00:5e:10:00:00", exactly so. Throws Error (invalid_argument) for any other text.
[[nodiscard]] WEIR_API MacAddress mac(std::string_view text);
/// "192.0.2.1". Throws Error (invalid_argument) for any other text.
[[nodiscard]] WEIR_API Ipv4Address address(std::string_view text);

/// Constructors from texts throw as mac() and address(); so the others.
struct ethernet : raw {
  ethernet() noexcept = default;
  WEIR_API ethernet(std::uint16_t type, std::string_view source, std::string_view destination);
  ethernet(const wire::EthernetView& header, Bytes packet) noexcept;

  MacAddress source{};
  MacAddress destination{};
  /// Of what is encapsulated.
  std::uint16_t type = 0;
};

/// IPv4 over Ethernet.
struct arp : raw {
  arp() noexcept = default;
  WEIR_API arp(std::string_view sourcehardware, std::string_view targethardware,
               std::string_view sourceprotocol, std::string_view targetprotocol,
               std::uint16_t operation);
  /// Precondition: its addresses are Ethernet's and IPv4's.
  arp(const wire::ArpView& header, Bytes packet) noexcept;

  std::uint16_t protocol = 0x0800;
  std::uint16_t operation = 0;
  std::uint8_t hardwarelength = 6;
  std::uint8_t protocollength = 4;
  std::uint16_t hardwareformat = 1;
  MacAddress sourcehardware{};
  MacAddress targethardware{};
  Ipv4Address sourceprotocol{};
  Ipv4Address targetprotocol{};
};

/// IPv4.
struct ip : raw {
  ip() noexcept = default;
  WEIR_API ip(std::uint8_t version, std::uint16_t length, std::uint16_t id, std::uint16_t offset,
              std::uint8_t ttl, std::uint8_t protocol, std::uint16_t checksum,
              std::string_view source, std::string_view destination);
  ip(const wire::Ipv4View& header, Bytes packet) noexcept;

  std::uint8_t version = 4;
  /// In words of four bytes, as it stands in the header. inject() sends the options of a header
  /// that was captured as far as this reaches.
  std::uint8_t headerlength = 5;
  std::uint8_t typeofservice = 0;
  std::uint16_t length = 0;
  std::uint16_t id = 0;
  /// With the flags before it: constants::ip::IP_DF and its kin.
  std::uint16_t offset = 0;
  std::uint8_t timetolive = 0;
  std::uint8_t protocol = 0;
  std::uint16_t checksum = 0;
  Ipv4Address source{};
  Ipv4Address destination{};
};

struct tcp : raw {
  tcp() noexcept = default;
  WEIR_API tcp(std::uint16_t sourceport, std::uint16_t destinationport, std::uint32_t sequence,
               std::uint32_t acknowledge, std::uint16_t flags, std::uint16_t window,
               std::uint16_t urgent) noexcept;
  tcp(const wire::TcpView& header, Bytes packet) noexcept;

  std::uint16_t sourceport = 0;
  std::uint16_t destinationport = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledge = 0;
  /// constants::tcp::TH_SYN and its kin; at most 0x1ff.
  std::uint16_t flags = 0;
  std::uint16_t window = 0;
  std::uint16_t checksum = 0;
  std::uint16_t urgent = 0;
};

struct udp : raw {
  udp() noexcept = default;
  WEIR_API udp(std::uint16_t sourceport, std::uint16_t destinationport,
               std::uint16_t length) noexcept;
  udp(const wire::UdpView& header, Bytes packet) noexcept;

  std::uint16_t sourceport = 0;
  std::uint16_t destinationport = 0;
  std::uint16_t length = 0;
  std::uint16_t checksum = 0;
};

/// A message that none of those below is: four bytes of header, what follows is not parsed.
struct icmp : raw {
  icmp() noexcept = default;
  WEIR_API explicit icmp(std::uint8_t type, std::uint8_t code = 0,
                         std::uint16_t checksum = 0) noexcept;
  icmp(const wire::IcmpView& header, Bytes packet) noexcept;

  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t checksum = 0;
};

/// What messages with an identifier have in common.
struct icmp_query : icmp {
  WEIR_API icmp_query(std::uint8_t type, std::uint8_t code, std::uint16_t checksum,
                      std::uint16_t id, std::uint16_t sequence) noexcept;
  icmp_query(const wire::IcmpView& header, Bytes packet) noexcept;

  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
};

/// A query of one type: eight bytes.
template <wire::IcmpType number>
struct icmp_query_of : icmp_query {
  explicit icmp_query_of(std::uint8_t its_code = 0, std::uint16_t its_checksum = 0,
                         std::uint16_t its_id = 0, std::uint16_t its_sequence = 0) noexcept
      : icmp_query{static_cast<std::uint8_t>(number), its_code, its_checksum, its_id,
                   its_sequence} {}
  icmp_query_of(const wire::IcmpView& header, Bytes captured) noexcept
      : icmp_query{header, captured} {}
};

struct icmpEchoRequest : icmp_query_of<wire::IcmpType::echo> {
  using icmp_query_of::icmp_query_of;
};
struct icmpEchoReply : icmp_query_of<wire::IcmpType::echo_reply> {
  using icmp_query_of::icmp_query_of;
};
struct icmpInfoRequest : icmp_query_of<wire::IcmpType::information_request> {
  using icmp_query_of::icmp_query_of;
};
struct icmpInfoReply : icmp_query_of<wire::IcmpType::information_reply> {
  using icmp_query_of::icmp_query_of;
};

/// Milliseconds since midnight UTC; 20 bytes.
struct icmp_times : icmp_query {
  WEIR_API icmp_times(std::uint8_t type, std::uint8_t code, std::uint16_t checksum,
                      std::uint16_t id, std::uint16_t sequence, std::uint32_t originatetime,
                      std::uint32_t receivetime, std::uint32_t transmittime) noexcept;
  /// Precondition: three times follow the header.
  icmp_times(const wire::IcmpView& header, Bytes packet) noexcept;

  std::uint32_t originatetime = 0;
  std::uint32_t receivetime = 0;
  std::uint32_t transmittime = 0;
};

template <wire::IcmpType number>
struct icmp_times_of : icmp_times {
  explicit icmp_times_of(std::uint8_t its_code = 0, std::uint16_t its_checksum = 0,
                         std::uint16_t its_id = 0, std::uint16_t its_sequence = 0,
                         std::uint32_t originated = 0, std::uint32_t received = 0,
                         std::uint32_t transmitted = 0) noexcept
      : icmp_times{static_cast<std::uint8_t>(number),
                   its_code,
                   its_checksum,
                   its_id,
                   its_sequence,
                   originated,
                   received,
                   transmitted} {}
  icmp_times_of(const wire::IcmpView& header, Bytes captured) noexcept
      : icmp_times{header, captured} {}
};

struct icmpTimestampRequest : icmp_times_of<wire::IcmpType::timestamp> {
  using icmp_times_of::icmp_times_of;
};
struct icmpTimestampReply : icmp_times_of<wire::IcmpType::timestamp_reply> {
  using icmp_times_of::icmp_times_of;
};

/// Eight bytes; the datagram that it is about follows.
struct icmpRedirect : icmp {
  WEIR_API explicit icmpRedirect(std::uint8_t code = 0, std::uint16_t checksum = 0,
                                 std::string_view gateway = "0.0.0.0");
  icmpRedirect(const wire::IcmpView& header, Bytes packet) noexcept;

  Ipv4Address gateway{};
};

/// Eight bytes; the datagram that it is about follows.
struct icmpParameterProblem : icmp {
  WEIR_API explicit icmpParameterProblem(std::uint8_t code = 0, std::uint16_t checksum = 0,
                                         std::uint8_t problempointer = 0) noexcept;
  icmpParameterProblem(const wire::IcmpView& header, Bytes packet) noexcept;

  /// Where in that datagram.
  std::uint8_t problempointer = 0;
};

/// Any of them.
using any_header = std::variant<ethernet, arp, ip, tcp, udp, icmp, icmpEchoRequest, icmpEchoReply,
                                icmpTimestampRequest, icmpTimestampReply, icmpRedirect,
                                icmpParameterProblem, icmpInfoRequest, icmpInfoReply>;

/// As Python shows it: "UDP(1024 -> 53)".
[[nodiscard]] WEIR_API std::string to_string(const any_header& one);

}  // namespace weir::compat::pycap::protocol

namespace weir::compat::pycap {
/// As the document names them.
using Ethernet = protocol::ethernet;
using ARP = protocol::arp;
}  // namespace weir::compat::pycap
