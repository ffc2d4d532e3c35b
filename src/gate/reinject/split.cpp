// write_part(): headers once more, with a slice of the payload.
#include "gate/reinject/split.h"

#include <algorithm>
#include <cstring>

#include "weir/wire/checksum.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

constexpr std::size_t longest = 65'535;
constexpr std::size_t ipv6_header = wire::Ipv6View::min_header_length;
// A hop-by-hop header with the jumbo payload option and nothing else, as Linux writes it
// (ipv6_mod_outgoing of net/ipv6/ip6_output.c).
constexpr std::size_t jumbo_header = 8;

/// Bytes that the length of IP counts beside the payload of TCP.
std::size_t counted_headers(const Transport& tcp) noexcept {
  const std::size_t headers = tcp.payload - tcp.network;
  return tcp.is_ipv4 ? headers : headers - ipv6_header;
}

bool begins_with_jumbo(Bytes ip) noexcept {
  return ip.size() >= ipv6_header + jumbo_header && ip[6] == 0 && ip[ipv6_header + 1] == 0 &&
         ip[ipv6_header + 2] == wire::Ipv6Option::jumbo_payload;
}

/// Copies the headers; returns how many bytes they have.
std::size_t write_headers(Bytes headers, const Transport& tcp, std::uint8_t* to) noexcept {
  std::size_t size = headers.size();
  const Bytes ip = headers.subspan(tcp.network);
  if (tcp.is_ipv4 || !begins_with_jumbo(ip)) {
    std::memcpy(to, headers.data(), size);
    return size;
  }
  const std::size_t before = tcp.network + ipv6_header;
  std::memcpy(to, headers.data(), before);
  to[tcp.network + 6] = ip[ipv6_header];
  std::memcpy(to + before, headers.data() + before + jumbo_header, size - before - jumbo_header);
  return size - jumbo_header;
}

void write_ip(MutableBytes ip, bool is_ipv4, std::size_t segments_before) noexcept {
  if (!is_ipv4) {
    store_be(ip.data() + 4, static_cast<std::uint16_t>(ip.size() - ipv6_header));
    return;
  }
  store_be(ip.data() + 2, static_cast<std::uint16_t>(ip.size()));
  const auto identification = load_be<std::uint16_t>(ip.data() + 4);
  store_be(ip.data() + 4, static_cast<std::uint16_t>(identification + segments_before));
  store_be(ip.data() + 10, std::uint16_t{0});
  const std::size_t header = (ip[0] & 0x0fU) * std::size_t{4};
  store_be(ip.data() + 10, wire::internet_checksum(ip.first(header)));
}

void write_tcp(std::uint8_t* tcp, std::size_t offset, bool is_last) noexcept {
  store_be(tcp + 4, load_be<std::uint32_t>(tcp + 4) + static_cast<std::uint32_t>(offset));
  // As tcp_gso_segment() of net/ipv4/tcp_offload.c cuts.
  std::uint16_t gone = 0;
  if (offset != 0) gone |= wire::tcp_flags::cwr;
  if (!is_last) gone |= wire::tcp_flags::fin | wire::tcp_flags::psh;
  store_be(tcp + 12, static_cast<std::uint16_t>(load_be<std::uint16_t>(tcp + 12) & ~gone));
}

}  // namespace

bool needs_split(const Transport& tcp) noexcept {
  return counted_headers(tcp) + (tcp.end - tcp.payload) > longest;
}

std::size_t part_size(const Transport& tcp, std::size_t segment_size) noexcept {
  const std::size_t headers = counted_headers(tcp);
  if (segment_size == 0 || headers >= longest) return 0;
  return (longest - headers) / segment_size * segment_size;
}

MutableBytes write_part(Bytes frame, const Transport& tcp, std::size_t segment_size,
                        const Part& part, MutableBytes to) noexcept {
  const std::size_t headers = write_headers(frame.first(tcp.payload), tcp, to.data());
  const std::size_t shorter = tcp.payload - headers;
  std::memcpy(to.data() + headers, frame.data() + tcp.payload + part.offset, part.size);
  const MutableBytes written = to.first(headers + part.size);
  write_tcp(written.data() + tcp.header - shorter, part.offset,
            tcp.payload + part.offset + part.size >= tcp.end);
  write_ip(written.subspan(tcp.network), tcp.is_ipv4,
           part.offset / std::max<std::size_t>(segment_size, 1));
  return written;
}

}  // namespace weir::gate
