// UDP (RFC 768), and which payloads are printed.
#include "printer.h"

namespace weir::sink::text {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::uint16_t port_dns = 53;
constexpr std::uint16_t port_mdns = 5353;
constexpr std::uint16_t port_vxlan = 4789;
constexpr std::uint16_t port_geneve = 6081;

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
  std::size_t length = header.u16(4);
  // RFC 2675 4: length 0 in a jumbogram.
  if (length == 0 && header.length() > 0xffff) length = header.length();
  if (length < header_size) {
    put_endpoints(source, destination);
    return line_.print("truncated-udplength {}", length);
  }
  const Header datagram = header.first(length);
  if (!header.holds(0, header_size)) {
    put_endpoints(source, destination);
    return line_.cut();
  }
  put_endpoints(source, destination);
  if (verbose(ip_.version == 4 ? 2 : 1) && !ip_.fragmented) udp_checksum(datagram, length);
  if (options_.quick) return line_.print("UDP, length {}", length - header_size);
  udp_payload(datagram, source, destination, length - header_size);
}

void Printer::udp_checksum(const Header& header, std::size_t length) {
  const std::uint16_t stored = header.u16(6);
  if (stored == 0 && ip_.version == 4) return line_.put("[no cksum] ");
  if (!header.holds(0, length) || header.length() < length || ip_.version == 0) return;
  const wire::WordSum sum =
      wire::word_sum(header.captured().first(length)) + ip_.pseudo_header(ip_protocol::udp, length);
  if (sum.folded() == 0xffff) return line_.put("[udp sum ok] ");
  line_.print("[bad udp cksum 0x{:04x} -> 0x{:04x}!] ", stored, corrected(stored, sum));
}

void Printer::udp_payload(const Header& header, std::uint16_t source, std::uint16_t destination,
                          std::size_t length) {
  const auto either = [&](std::uint16_t port) { return source == port || destination == port; };
  const Header payload = header.from(header_size);
  if (either(port_dns)) return dns(payload, false, false);
  if (either(port_mdns)) return dns(payload, false, true);
  if (destination == port_vxlan) return next(Protocol::vxlan, payload);
  if (destination == port_geneve) return next(Protocol::geneve, payload);
  if (length > payload.length() && !ip_.fragmented) {
    return line_.print("UDP, bad length {} > {}", length, payload.length());
  }
  line_.put("UDP, length ");
  line_.put_decimal(length);
}

}  // namespace weir::sink::text
