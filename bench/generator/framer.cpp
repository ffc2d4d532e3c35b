// Puts headers with correct lengths and checksums around payloads.
#include "framer.h"

namespace bench {
namespace {

constexpr unsigned protocol_icmp = 1, protocol_tcp = 6, protocol_udp = 17;
constexpr unsigned protocol_fragment = 44, protocol_icmp6 = 58;
constexpr unsigned type_ipv4 = 0x0800, type_arp = 0x0806, type_ipv6 = 0x86dd, type_vlan = 0x8100;
constexpr std::size_t mtu = 1500;
constexpr unsigned more_fragments = 0x2000, dont_fragment = 0x4000;

Host host(std::uint32_t index, bool ipv6, unsigned net4, unsigned net6) noexcept {
  const auto high = static_cast<std::uint8_t>(index >> 8);
  const auto low = static_cast<std::uint8_t>(index);
  Host host;
  host.ipv6 = ipv6;
  if (ipv6) {
    host.address = {0x20, 0x01, 0x0d, 0xb8, 0, static_cast<std::uint8_t>(net6)};
    host.address[14] = high;
    host.address[15] = low;
  } else {
    host.address = {198, static_cast<std::uint8_t>(net4), high, low};
  }
  host.mac = {0x02, 0, 0, 0, high, low};
  return host;
}

Kind kind_of(bool ipv6, Kind four, Kind six) noexcept { return ipv6 ? six : four; }

}  // namespace

Host client_host(std::uint32_t index, bool ipv6) noexcept { return host(index, ipv6, 18, 1); }

Host server_host(std::uint32_t index, bool ipv6) noexcept {
  Host server = host(index, ipv6, 19, 2);
  server.mac = {0x02, 0, 0x5e, 0, 0, 1};  // all of them behind one router
  server.hop_limit = static_cast<std::uint8_t>(44 + index % 16);
  return server;
}

void Framer::tcp(std::uint64_t time_us, const Path& path, const TcpFields& fields,
                 std::span<const std::uint8_t> payload) {
  segment_.clear();
  tcp_header(fields, path);
  segment_.raw(payload);
  checksum_at(16, path, protocol_tcp);
  emit_segment(kind_of(path.from.ipv6, Kind::tcp4, Kind::tcp6), time_us, path, protocol_tcp);
}

void Framer::tcp_header(const TcpFields& fields, const Path& path) {
  const bool stamps = (fields.ts_value | fields.ts_echo) != 0;
  const bool syn = (fields.flags & TcpFields::syn) != 0;
  segment_.u16(path.from_port);
  segment_.u16(path.to_port);
  segment_.u32(fields.sequence);
  segment_.u32(fields.acknowledgement);
  const unsigned words = !stamps ? 5U : syn ? 10U : 8U;
  segment_.u8(words << 4);
  segment_.u8(fields.flags);
  segment_.u16(fields.window);
  segment_.u32(0);
  if (!stamps) return;
  if (syn) {
    segment_.u32(0x02040000 | (path.from.ipv6 ? 1440 : 1460));  // maximum segment size
    segment_.u32(0x0402080a);                                   // SACK permitted, time stamps
  } else {
    segment_.u32(0x0101080a);
  }
  segment_.u32(fields.ts_value);
  segment_.u32(fields.ts_echo);
  if (syn) segment_.u32(0x01030307);  // window scale 7
}

void Framer::udp(std::uint64_t time_us, const Path& path, std::span<const std::uint8_t> payload) {
  udp_segment(path, payload);
  emit_segment(kind_of(path.from.ipv6, Kind::udp4, Kind::udp6), time_us, path, protocol_udp);
}

void Framer::udp_segment(const Path& path, std::span<const std::uint8_t> payload) {
  segment_.clear();
  segment_.u16(path.from_port);
  segment_.u16(path.to_port);
  segment_.u16(static_cast<unsigned>(8 + payload.size()));
  segment_.u16(0);
  segment_.raw(payload);
  checksum_at(6, path, protocol_udp);
}

void Framer::icmp(std::uint64_t time_us, const Path& path, std::uint8_t type, std::uint8_t code,
                  std::span<const std::uint8_t> body) {
  const bool six = path.from.ipv6;
  segment_.clear();
  segment_.u8(type);
  segment_.u8(code);
  segment_.u16(0);
  segment_.raw(body);
  checksum_at(2, path, six ? protocol_icmp6 : protocol_icmp);
  emit_segment(kind_of(six, Kind::icmp4, Kind::icmp6), time_us, path,
               six ? protocol_icmp6 : protocol_icmp);
}

void Framer::port_unreachable(std::uint64_t time_us, const Path& path, const Path& offending,
                              std::span<const std::uint8_t> payload) {
  udp_segment(offending, payload);
  headers_.clear();
  ip_header(offending, protocol_udp, segment_.size(), 0);
  Octets body;
  body.u32(0);
  body.raw(headers_.view());
  body.raw(segment_.view());
  const bool six = path.from.ipv6;
  icmp(time_us, path, six ? 1 : 3, six ? 4 : 3, body.view());
}

void Framer::arp(std::uint64_t time_us, const Path& path, bool reply) {
  Path asked = path;
  if (!reply) asked.to.mac.fill(0xff);
  headers_.clear();
  ethernet(asked, type_arp);
  headers_.u16(1);
  headers_.u16(type_ipv4);
  headers_.u16(0x0604);
  headers_.u16(reply ? 2 : 1);
  headers_.raw(path.from.mac);
  headers_.raw(path.from.address_bytes());
  if (reply) {
    headers_.raw(path.to.mac);
  } else {
    headers_.zeros(6);
  }
  headers_.raw(path.to.address_bytes());
  emit_frame(Kind::arp, time_us, {});
}

void Framer::checksum_at(std::size_t offset, const Path& path, unsigned protocol) {
  Checksum sum;
  if (protocol != protocol_icmp) {  // RFC 792 has no pseudo-header, RFC 4443 has
    sum.add(path.from.address_bytes());
    sum.add(path.to.address_bytes());
    sum.add16(protocol);
    sum.add16(static_cast<unsigned>(segment_.size()));
  }
  sum.add(segment_.view());
  const std::uint16_t value = sum.value();
  // A computed 0 is sent as all ones in UDP: 0 would say "none" (RFC 768).
  segment_.set16(offset, protocol == protocol_udp && value == 0 ? 0xffff : value);
}

void Framer::ethernet(const Path& path, unsigned type) {
  headers_.raw(path.to.mac);
  headers_.raw(path.from.mac);
  if (path.vlan != 0) {
    headers_.u16(type_vlan);
    headers_.u16(path.vlan);
  }
  headers_.u16(type);
}

void Framer::ip_header(const Path& path, unsigned protocol, std::size_t length, unsigned fragment) {
  if (path.from.ipv6) {
    headers_.u32(0x60000000);
    headers_.u16(static_cast<unsigned>(length));
    headers_.u8(protocol);
    headers_.u8(path.from.hop_limit);
    headers_.raw(path.from.address_bytes());
    headers_.raw(path.to.address_bytes());
    return;
  }
  const std::size_t start = headers_.size();
  headers_.u16(0x4500);
  headers_.u16(static_cast<unsigned>(20 + length));
  headers_.u16(identification_);
  headers_.u16(fragment);
  headers_.u8(path.from.hop_limit);
  headers_.u8(protocol);
  headers_.u16(0);
  headers_.raw(path.from.address_bytes());
  headers_.raw(path.to.address_bytes());
  Checksum sum;
  sum.add(headers_.view().subspan(start));
  headers_.set16(start + 10, sum.value());
}

void Framer::emit_segment(Kind kind, std::uint64_t time_us, const Path& path, unsigned protocol) {
  ++identification_;
  const bool six = path.from.ipv6;
  if (segment_.size() > mtu - (six ? 40 : 20)) {
    emit_fragments(kind, time_us, path, protocol);
    return;
  }
  headers_.clear();
  ethernet(path, six ? type_ipv6 : type_ipv4);
  ip_header(path, protocol, segment_.size(), protocol == protocol_udp ? 0 : dont_fragment);
  emit_frame(kind, time_us, segment_.view());
}

void Framer::emit_fragments(Kind kind, std::uint64_t time_us, const Path& path, unsigned protocol) {
  const bool six = path.from.ipv6;
  const std::size_t most = six ? 1448 : 1480;  // both multiples of 8
  const std::span<const std::uint8_t> whole = segment_.view();
  for (std::size_t at = 0; at < whole.size(); at += most) {
    const auto piece = whole.subspan(at, std::min(most, whole.size() - at));
    const bool more = at + piece.size() < whole.size();
    headers_.clear();
    ethernet(path, six ? type_ipv6 : type_ipv4);
    if (six) {  // fragment header, RFC 8200 section 4.5: the offset is in units of 8 at bit 3
      ip_header(path, protocol_fragment, 8 + piece.size(), 0);
      headers_.u8(protocol);
      headers_.u8(0);
      headers_.u16(static_cast<unsigned>(at) | (more ? 1 : 0));
      headers_.u32(identification_);
    } else {
      ip_header(path, protocol, piece.size(),
                static_cast<unsigned>(at / 8) | (more ? more_fragments : 0));
    }
    emit_frame(kind, time_us, piece);
    ++file_.truth().fragments;
  }
  ++file_.truth().fragmented_datagrams;
}

void Framer::emit_frame(Kind kind, std::uint64_t time_us, std::span<const std::uint8_t> rest) {
  const std::size_t length = headers_.size() + rest.size();
  if (length >= padded_length_) {
    file_.write(kind, time_us, headers_.view(), rest);
    return;
  }
  headers_.raw(rest);
  headers_.zeros(padded_length_ - length);
  file_.write(kind, time_us, headers_.view(), {});
}

}  // namespace bench
