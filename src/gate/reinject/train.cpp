// Train: compares headers field by field, and appends payloads.
#include "gate/reinject/train.h"

#include <cstring>

#include "weir/wire/checksum.h"
#include "weir/wire/tcp.h"

namespace weir::gate {
namespace {

namespace flag = wire::tcp_flags;

// Offsets into IPv4 (RFC 791), IPv6 (RFC 8200) and TCP (RFC 9293).
constexpr std::size_t ipv4_length = 2, ipv4_identification = 4, ipv4_fragment = 6,
                      ipv4_checksum = 10, ipv4_source = 12;
constexpr std::size_t ipv6_length = 4, ipv6_next_header = 6, ipv6_size = 40;
constexpr std::size_t tcp_sequence = 4, tcp_acknowledgment = 8, tcp_flags_offset = 13,
                      tcp_window = 14, tcp_checksum = 16, tcp_urgent = 18;

std::uint16_t load16(Bytes bytes, std::size_t at) noexcept {
  return load_be<std::uint16_t>(bytes.data() + at);
}
std::uint32_t load32(Bytes bytes, std::size_t at) noexcept {
  return load_be<std::uint32_t>(bytes.data() + at);
}

bool same(Bytes a, Bytes b, std::size_t from, std::size_t to) noexcept {
  return std::memcmp(a.data() + from, b.data() + from, to - from) == 0;
}

std::uint32_t payload_of(const Transport& tcp) noexcept { return tcp.end - tcp.payload; }

/// But for the length, the checksum and the identification, which goes up by `segments`.
bool same_ipv4(Bytes first, Bytes next, std::size_t ip, std::size_t tcp,
               std::size_t segments) noexcept {
  const auto identification =
      static_cast<std::uint16_t>(load16(first, ip + ipv4_identification) + segments);
  return load16(next, ip + ipv4_identification) == identification &&
         same(first, next, ip, ip + ipv4_length) &&
         same(first, next, ip + ipv4_fragment, ip + ipv4_checksum) &&
         same(first, next, ip + ipv4_source, tcp);
}

bool same_ipv6(Bytes first, Bytes next, std::size_t ip, std::size_t tcp) noexcept {
  return same(first, next, ip, ip + ipv6_length) && same(first, next, ip + ipv6_next_header, tcp);
}

}  // namespace

bool can_be_coupled(Bytes frame, const Transport& tcp) noexcept {
  const std::uint8_t flags = frame[tcp.header + tcp_flags_offset];
  constexpr unsigned allowed = flag::ack | flag::psh | flag::fin | flag::ece;
  return tcp.protocol == wire::Protocol::tcp && tcp.end == frame.size() && payload_of(tcp) > 0 &&
         (flags & ~allowed) == 0 && (flags & flag::ack) != 0;
}

bool Train::begin(Bytes frame, const Transport& tcp) noexcept {
  // A little more than the longest IP datagram: link-layer headers stand before it.
  constexpr std::size_t link_room = 64;
  if (memory_.is_empty()) memory_ = buffers_->take(most + link_room);
  if (memory_.is_empty() || frame.size() > most) return false;
  std::memcpy(memory_.bytes().data(), frame.data(), frame.size());
  tcp_ = tcp;
  size_ = frame.size();
  segments_ = 1;
  segment_size_ = payload_of(tcp);
  is_closed_ = (frame[tcp.header + tcp_flags_offset] & (flag::psh | flag::fin)) != 0;
  return true;
}

bool Train::continues(Bytes frame, const Transport& tcp) const noexcept {
  const Bytes first = memory_.bytes().first(size_);
  if (tcp.network != tcp_.network || tcp.header != tcp_.header || tcp.payload != tcp_.payload ||
      tcp.is_ipv4 != tcp_.is_ipv4 || !same(first, frame, 0, tcp.network)) {
    return false;
  }
  const bool same_ip = tcp.is_ipv4 ? same_ipv4(first, frame, tcp.network, tcp.header, segments_)
                                   : same_ipv6(first, frame, tcp.network, tcp.header);
  if (!same_ip) return false;
  const std::size_t at = tcp.header;
  const auto next =
      static_cast<std::uint32_t>(load32(first, at + tcp_sequence) + segments_ * segment_size_);
  constexpr unsigned of_the_last = flag::psh | flag::fin;
  const unsigned flags = first[at + tcp_flags_offset];
  return load32(frame, at + tcp_sequence) == next &&
         (frame[at + tcp_flags_offset] & ~of_the_last) == (flags & ~of_the_last) &&
         same(first, frame, at, at + tcp_sequence) &&
         same(first, frame, at + tcp_acknowledgment, at + tcp_flags_offset) &&
         same(first, frame, at + tcp_window, at + tcp_checksum) &&
         same(first, frame, at + tcp_urgent, tcp.payload);
}

bool Train::couple(Bytes frame, const Transport& tcp) noexcept {
  const std::uint32_t payload = payload_of(tcp);
  if (is_closed_ || payload > segment_size_ || size_ - tcp_.network + payload > most ||
      !continues(frame, tcp)) {
    return false;
  }
  std::uint8_t* const here = memory_.bytes().data();
  std::memcpy(here + size_, frame.data() + tcp.payload, payload);
  size_ += payload;
  ++segments_;
  const std::uint8_t flags = frame[tcp.header + tcp_flags_offset];
  here[tcp_.header + tcp_flags_offset] = flags;
  is_closed_ = payload < segment_size_ || (flags & (flag::psh | flag::fin)) != 0;
  return true;
}

Bytes Train::finish(Buffer& memory) noexcept {
  const MutableBytes frame = memory_.bytes().first(size_);
  const MutableBytes ip = frame.subspan(tcp_.network);
  if (tcp_.is_ipv4) {
    store_be(ip.data() + ipv4_length, static_cast<std::uint16_t>(ip.size()));
    store_be(ip.data() + ipv4_checksum, std::uint16_t{0});
    store_be(ip.data() + ipv4_checksum,
             wire::internet_checksum(ip.first(tcp_.header - tcp_.network)));
  } else {
    store_be(ip.data() + ipv6_length, static_cast<std::uint16_t>(ip.size() - ipv6_size));
  }
  segments_ = 0;
  memory = std::move(memory_);
  return frame;
}

}  // namespace weir::gate
