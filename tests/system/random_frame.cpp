// Builds each layer behind the one before.
#include "system/random_frame.h"

#include <algorithm>
#include <array>

namespace weir::test {

namespace {

constexpr std::array<std::uint32_t, 6> ports{53, 80, 443, 5000, 5060, 6001};
constexpr std::array<std::uint32_t, 6> transports{6, 6, 17, 17, 1, 132};
constexpr std::array<std::uint32_t, 5> extensions{0, 43, 44, 51, 60};

}  // namespace

void FrameMaker::put_random(std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) put8(below(256));
}

void FrameMaker::put_ethernet_addresses() {
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t kind = i == 0 ? below(6) : 5;
    if (kind == 0) {
      put32(0xffffffff), put16(0xffff);
    } else {
      put32(kind == 1 ? 0x01005e00 : 0x02005e00), put16(below(4));
    }
  }
}

void FrameMaker::put_tags() {
  const std::uint32_t count = one_in(3) ? 1 + below(2) : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    put16(one_in(3) ? 0x88a8 : 0x8100);
    put16(below(8) << 13 | below(8));
  }
}

void FrameMaker::put_transport(std::uint32_t protocol) {
  const std::uint32_t source = one_in(2) ? ports[below(ports.size())] : below(65536);
  const std::uint32_t destination = one_in(2) ? ports[below(ports.size())] : below(65536);
  switch (protocol) {
    case 1:
    case 58:
      return put8(one_in(2) ? 8 : below(16)), put8(below(4)), put_random(6);
    case 6:
      put16(source), put16(destination), put_random(8);
      return put8((5 + below(3)) << 4), put8(one_in(2) ? 0x02 : below(64)), put_random(14);
    case 17:
      return put16(source), put16(destination), put16(8 + below(64)), put16(below(65536));
    case 132:
      return put16(source), put16(destination), put_random(12);
    default:
      return put_random(8);
  }
}

void FrameMaker::put_ipv4() {
  const std::uint32_t words = one_in(4) ? 5 + below(4) : 5;
  const std::uint32_t protocol = one_in(12) ? 51 : transports[below(transports.size())];
  put8(0x40 | words), put8(below(256)), put16(20 + below(1400)), put16(below(65536));
  put16(one_in(5) ? 0x2000 | below(3) : 0x4000);
  put8(1 + below(128)), put8(protocol), put16(below(65536));
  put32(one_in(2) ? 0xc0000200 | below(4) : 0xc6336400 | below(256));
  put32(one_in(8) ? 0xffffffff : 0xc0000200 | below(256));
  put_random(4 * std::size_t{words - 5});
  if (protocol != 51) return put_transport(protocol);
  // An authentication header of 24 bytes.
  const std::uint32_t inner = transports[below(transports.size())];
  put8(inner), put8(4), put_random(22), put_transport(inner);
}

/// Returns the type of what stands behind the header.
std::uint32_t FrameMaker::put_extension(std::uint32_t type) {
  const std::uint32_t next = one_in(3)   ? extensions[below(extensions.size())]
                             : one_in(5) ? 58
                                         : transports[below(4)];
  put8(next);
  if (type == 44) return put8(0), put16(one_in(2) ? 0 : 0x0101), put_random(4), next;
  const std::uint32_t units = below(3);
  if (type == 51) return put8(units + 1), put_random((units + 3) * 4 - 2), next;
  return put8(units), put_random((units + 1) * 8 - 2), next;
}

void FrameMaker::put_ipv6() {
  std::uint32_t next = one_in(2)   ? extensions[below(extensions.size())]
                       : one_in(4) ? 58
                                   : transports[below(transports.size())];
  put32(0x60000000 | below(1 << 20)), put16(below(1400)), put8(next), put8(1 + below(64));
  for (int i = 0; i < 2; ++i) put32(0x20010db8), put32(0), put32(0), put32(below(4));
  for (int i = 0; i < 5 && std::ranges::find(extensions, next) != extensions.end(); ++i) {
    next = put_extension(next);
  }
  put_transport(next);
}

void FrameMaker::put_arp() {
  put16(1), put16(0x0800), put8(6), put8(4), put16(1 + below(2));
  for (int i = 0; i < 2; ++i) put32(0x02005e00), put16(below(4)), put32(0xc0000200 | below(4));
}

void FrameMaker::put_network() {
  switch (below(12)) {
    case 0:
      return put16(0x0806), put_arp();
    case 1:  // IEEE 802.3 with LLC
      return put16(46 + below(1000)), put8(one_in(2) ? 0x42 : 0xaa), put8(0x42), put_random(20);
    case 2: {  // PPPoE session
      const bool six = one_in(2);
      put16(0x8864), put16(0x1100), put16(below(4)), put16(below(1400)), put16(six ? 0x57 : 0x21);
      return six ? put_ipv6() : put_ipv4();
    }
    case 3: {  // MPLS
      put16(0x8847);
      if (one_in(2)) put32(below(8) << 12 | 0x40);
      put32(below(8) << 12 | 0x140);
      return one_in(2) ? put_ipv6() : put_ipv4();
    }
    case 4:
      return put16(below(65536));
    case 5:
    case 6:
    case 7:
      return put16(0x86dd), put_ipv6();
    default:
      return put16(0x0800), put_ipv4();
  }
}

Frame FrameMaker::next() {
  frame_.clear();
  put_ethernet_addresses();
  put_tags();
  put_network();
  const std::uint32_t payload = one_in(3) ? 0 : below(one_in(2) ? 80 : 1400);
  put_random(payload);
  if (frame_.size() < 14 || one_in(5)) {
    frame_.resize(14 +
                  below(static_cast<std::uint32_t>(std::max<std::size_t>(frame_.size(), 60)) - 14));
  }
  return frame_;
}

}  // namespace weir::test
