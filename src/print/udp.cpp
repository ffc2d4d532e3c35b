// UDP (RFC 768), and which payloads are printed.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t max_stated = 0xffff;
constexpr std::uint16_t port_mdns = 5353;
constexpr std::uint16_t port_vxlan_gpe = 4790;

}  // namespace

void Printer::udp(const Header& header) {
  line_.reading("udp");
  if (!header.holds(0, 4)) {
    if (ip_.direct) put_addresses();
    return line_.cut();
  }
  const std::uint16_t source = header.u16(0);
  const std::uint16_t destination = header.u16(2);
  if (header.length() < header_size) {
    put_endpoints(source, destination);
    return line_.print("truncated-udp {}", header.length());
  }
  if (!header.holds(4, 2)) {
    put_endpoints(source, destination);
    return line_.cut();
  }
  const std::size_t stated = header.u16(4);
  // Of 0 is only what is too long to state it.
  const bool is_stated = stated != 0 || header.length() <= max_stated;
  if (is_stated && stated < header_size) {
    put_endpoints(source, destination);
    return line_.print("truncated-udplength {}", stated);
  }
  const std::size_t length = datagram_length(stated, header);
  const Header datagram = header.first(length);
  if (!header.holds(0, header_size)) {
    put_endpoints(source, destination);
    return line_.cut();
  }
  put_endpoints(source, destination);
  if (verbose(ip_.version == 4 ? 2 : 1) && !ip_.fragmented) udp_checksum(datagram);
  if (options_.quick) return line_.print("UDP, length {}", length - header_size);
  udp_payload(datagram, source, destination, length - header_size);
}

void Printer::udp_checksum(const Header& header) {
  const Checksum found = checksum();
  if (found.verdict == wire::ChecksumVerdict::not_present) line_.put("[no cksum] ");
  if (found.good()) line_.put("[udp sum ok] ");
  if (!found.bad()) return;
  // 0 is never sent (RFC 768): nobody can tell what it should be.
  if (found.expected == 0) return line_.print("[bad udp cksum 0x{:04x}!] ", header.u16(6));
  line_.print("[bad udp cksum 0x{:04x} -> 0x{:04x}!] ", header.u16(6), found.expected);
}

/// RFC 3828: the checksum covers as much as it says, 0 is all.
void Printer::udp_lite(const Header& header) {
  line_.reading("udplite");
  if (!header.holds(0, header_size)) {
    if (ip_.direct) put_addresses();
    return line_.cut();
  }
  put_endpoints(header.u16(0), header.u16(2));
  if (verbose(ip_.version == 4 ? 2 : 1) && !ip_.fragmented) {
    const Checksum found = checksum();
    const std::size_t coverage = header.u16(4);
    const bool is_possible =
        coverage == 0 || (coverage >= header_size && coverage <= header.length());
    if (found.good()) line_.put("[udplite sum ok] ");
    if (found.bad() && !is_possible) line_.print("[bad udplite coverage {}!] ", coverage);
    if (found.bad() && is_possible) {
      line_.print("[bad udplite cksum 0x{:04x} -> 0x{:04x}!] ", header.u16(6), found.expected);
    }
  }
  line_.print("UDP-Lite, coverage {}, length {}", header.u16(4), header.from(header_size).length());
}

void Printer::udp_payload(const Header& header, std::uint16_t source, std::uint16_t destination,
                          std::size_t length) {
  const auto either = [&](std::uint16_t port) { return source == port || destination == port; };
  const Header payload = header.from(header_size);
  if (carries_dns(wire::NumberSpace::udp_port, source, destination)) {
    return dns(payload, false, false);
  }
  if (either(port_mdns)) return dns(payload, false, true);
  is_gpe_ = either(port_vxlan_gpe);
  if (follow(payload)) return;
  if (length > payload.length() && !ip_.fragmented) {
    return line_.print("UDP, bad length {} > {}", length, payload.length());
  }
  line_.put("UDP, length ");
  line_.put_decimal(length);
}

}  // namespace weir::print
