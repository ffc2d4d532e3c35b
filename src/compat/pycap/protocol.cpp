// Headers of pycap out of what they are given: checked views, or values of a program.
#include "weir/compat/pycap/protocol.h"

#include <algorithm>

namespace weir::compat::pycap::protocol {

// Two digits between colons: parse_mac() takes hyphens as well.
MacAddress mac(std::string_view text) {
  const auto parsed = parse_mac(text);
  if (!parsed || text.contains('-')) {
    throw Error{ErrorCode::invalid_argument,
                "a MAC address is xx:xx:xx:xx:xx:xx, not '" + std::string{text} + "'"};
  }
  return *parsed;
}

Ipv4Address address(std::string_view text) {
  const auto parsed = parse_ipv4(text);
  if (!parsed) {
    throw Error{ErrorCode::invalid_argument,
                "an IPv4 address is 192.0.2.1, say, not '" + std::string{text} + "'"};
  }
  return *parsed;
}

ethernet::ethernet(std::uint16_t of_type, std::string_view from, std::string_view to)
    : source{mac(from)}, destination{mac(to)}, type{of_type} {}
ethernet::ethernet(const wire::EthernetView& header, Bytes captured) noexcept
    : raw{captured},
      source{header.source()},
      destination{header.destination()},
      type{header.type_or_length()} {}

arp::arp(std::string_view from_hardware, std::string_view to_hardware,
         std::string_view from_protocol, std::string_view to_protocol, std::uint16_t number)
    : operation{number},
      sourcehardware{mac(from_hardware)},
      targethardware{mac(to_hardware)},
      sourceprotocol{address(from_protocol)},
      targetprotocol{address(to_protocol)} {}
arp::arp(const wire::ArpView& header, Bytes captured) noexcept
    : raw{captured},
      protocol{header.protocol_type()},
      operation{header.operation()},
      hardwarelength{header.hardware_length()},
      protocollength{header.protocol_length()},
      hardwareformat{header.hardware_type()},
      sourcehardware{MacAddress::load(header.sender_hardware().data())},
      targethardware{MacAddress::load(header.target_hardware().data())},
      sourceprotocol{Ipv4Address::load(header.sender_protocol().data())},
      targetprotocol{Ipv4Address::load(header.target_protocol().data())} {}

ip::ip(std::uint8_t its_version, std::uint16_t its_length, std::uint16_t its_id,
       std::uint16_t its_offset, std::uint8_t ttl, std::uint8_t its_protocol,
       std::uint16_t its_checksum, std::string_view from, std::string_view to)
    : version{its_version},
      length{its_length},
      id{its_id},
      offset{its_offset},
      timetolive{ttl},
      protocol{its_protocol},
      checksum{its_checksum},
      source{address(from)},
      destination{address(to)} {}
ip::ip(const wire::Ipv4View& header, Bytes captured) noexcept
    : raw{captured},
      version{header.version()},
      headerlength{static_cast<std::uint8_t>(header.header_length() / 4)},
      typeofservice{header.type_of_service()},
      length{header.total_length()},
      id{header.identification()},
      offset{load_be<std::uint16_t>(header.bytes().data() + 6)},
      timetolive{header.ttl()},
      protocol{header.protocol()},
      checksum{header.header_checksum()},
      source{header.source()},
      destination{header.destination()} {}

tcp::tcp(std::uint16_t from, std::uint16_t to, std::uint32_t its_sequence,
         std::uint32_t acknowledged, std::uint16_t its_flags, std::uint16_t its_window,
         std::uint16_t urgent_pointer) noexcept
    : sourceport{from},
      destinationport{to},
      sequence{its_sequence},
      acknowledge{acknowledged},
      flags{its_flags},
      window{its_window},
      urgent{urgent_pointer} {}
tcp::tcp(const wire::TcpView& header, Bytes captured) noexcept
    : raw{captured},
      sourceport{header.source_port()},
      destinationport{header.destination_port()},
      sequence{header.sequence_number()},
      acknowledge{header.acknowledgment_number()},
      flags{header.flags()},
      window{header.window()},
      checksum{header.checksum()},
      urgent{header.urgent_pointer()} {}

udp::udp(std::uint16_t from, std::uint16_t to, std::uint16_t its_length) noexcept
    : sourceport{from}, destinationport{to}, length{its_length} {}
udp::udp(const wire::UdpView& header, Bytes captured) noexcept
    : raw{captured},
      sourceport{header.source_port()},
      destinationport{header.destination_port()},
      length{header.length()},
      checksum{header.checksum()} {}

icmp::icmp(std::uint8_t its_type, std::uint8_t its_code, std::uint16_t its_checksum) noexcept
    : type{its_type}, code{its_code}, checksum{its_checksum} {}
icmp::icmp(const wire::IcmpView& header, Bytes captured) noexcept
    : raw{captured},
      type{static_cast<std::uint8_t>(header.type())},
      code{header.code()},
      checksum{header.checksum()} {}

icmp_query::icmp_query(std::uint8_t its_type, std::uint8_t its_code, std::uint16_t its_checksum,
                       std::uint16_t its_id, std::uint16_t number) noexcept
    : icmp{its_type, its_code, its_checksum}, id{its_id}, sequence{number} {}
icmp_query::icmp_query(const wire::IcmpView& header, Bytes captured) noexcept
    : icmp{header, captured}, id{header.identifier()}, sequence{header.sequence_number()} {}

icmp_times::icmp_times(std::uint8_t its_type, std::uint8_t its_code, std::uint16_t its_checksum,
                       std::uint16_t its_id, std::uint16_t number, std::uint32_t originated,
                       std::uint32_t received, std::uint32_t transmitted) noexcept
    : icmp_query{its_type, its_code, its_checksum, its_id, number},
      originatetime{originated},
      receivetime{received},
      transmittime{transmitted} {}
icmp_times::icmp_times(const wire::IcmpView& header, Bytes captured) noexcept
    : icmp_query{header, captured},
      originatetime{load_be<std::uint32_t>(header.payload().data())},
      receivetime{load_be<std::uint32_t>(header.payload().data() + 4)},
      transmittime{load_be<std::uint32_t>(header.payload().data() + 8)} {}

icmpRedirect::icmpRedirect(std::uint8_t its_code, std::uint16_t its_checksum, std::string_view to)
    : icmp{static_cast<std::uint8_t>(wire::IcmpType::redirect), its_code, its_checksum},
      gateway{address(to)} {}
icmpRedirect::icmpRedirect(const wire::IcmpView& header, Bytes captured) noexcept
    : icmp{header, captured}, gateway{header.gateway()} {}

icmpParameterProblem::icmpParameterProblem(std::uint8_t its_code, std::uint16_t its_checksum,
                                           std::uint8_t pointer) noexcept
    : icmp{static_cast<std::uint8_t>(wire::IcmpType::parameter_problem), its_code, its_checksum},
      problempointer{pointer} {}
icmpParameterProblem::icmpParameterProblem(const wire::IcmpView& header, Bytes captured) noexcept
    : icmp{header, captured}, problempointer{header.pointer()} {}

}  // namespace weir::compat::pycap::protocol
