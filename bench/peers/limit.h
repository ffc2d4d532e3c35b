// What the limit rows share: walk a pcap in place, find the five-tuple. They trust the trace.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace bench {

template <typename T>
inline T load(const std::uint8_t* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// One packet in place.
struct Record {
  const std::uint8_t* data;
  std::uint32_t captured;
  std::uint32_t wire;
};

/// Direction-free: the endpoint whose (address, port) is smaller comes first.
struct FiveTuple {
  std::uint64_t first[2];
  std::uint64_t second[2];
  std::uint16_t first_port;
  std::uint16_t second_port;
  std::uint32_t protocol;

  bool operator==(const FiveTuple&) const = default;
};

/// Calls visit(record) for each packet of a microsecond pcap in this machine's byte order, reading
/// blocks of 256 KiB into one buffer. False if it cannot be read.
template <typename Visit>
bool walk(const char* path, Visit&& visit) {
  constexpr std::size_t block = 256 << 10, file_header = 24, record_header = 16;
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::vector<std::uint8_t> buffer(2 * block);
  std::uint8_t header[file_header];
  if (::read(fd, header, sizeof header) != sizeof header ||
      load<std::uint32_t>(header) != 0xa1b2c3d4) {
    ::close(fd);
    return false;
  }
  std::size_t kept = 0;
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data() + kept, block);
    if (n <= 0) break;
    const std::uint8_t* at = buffer.data();
    const std::uint8_t* const end = at + kept + n;
    while (static_cast<std::size_t>(end - at) >= record_header) {
      const auto captured = load<std::uint32_t>(at + 8);
      if (static_cast<std::size_t>(end - at) < record_header + captured) break;
      visit(Record{at + record_header, captured, load<std::uint32_t>(at + 12)});
      at += record_header + captured;
    }
    kept = static_cast<std::size_t>(end - at);
    std::memmove(buffer.data(), at, kept);
  }
  ::close(fd);
  return kept == 0;
}

/// Ethernet, one 802.1Q tag or none, IPv4 or IPv6, ports. False if there is no IP.
inline bool parse(const Record& record, FiveTuple& tuple) noexcept {
  constexpr std::uint16_t ipv4 = 0x0008, ipv6 = 0xdd86, vlan = 0x0081;  // as loaded from the wire
  constexpr std::uint8_t tcp = 6, udp = 17, fragment = 44;
  const std::uint8_t* ip = record.data + 14;
  auto type = load<std::uint16_t>(record.data + 12);
  if (type == vlan) {
    type = load<std::uint16_t>(record.data + 16);
    ip += 4;
  }
  const std::uint8_t* transport;
  std::uint64_t from[2] = {}, to[2] = {};
  bool ports = true;
  if (type == ipv4) {
    from[0] = load<std::uint32_t>(ip + 12);
    to[0] = load<std::uint32_t>(ip + 16);
    tuple.protocol = ip[9];
    transport = ip + 4 * (ip[0] & 15);
    ports = (load<std::uint16_t>(ip + 6) & 0xff1f) == 0;  // not a later fragment
  } else if (type == ipv6) {
    std::memcpy(from, ip + 8, 16);
    std::memcpy(to, ip + 24, 16);
    tuple.protocol = ip[6];
    transport = ip + 40;
    if (tuple.protocol == fragment) {
      tuple.protocol = transport[0];
      ports = (load<std::uint16_t>(transport + 2) & 0xf8ff) == 0;
      transport += 8;
    }
  } else {
    return false;
  }
  ports = ports && (tuple.protocol == tcp || tuple.protocol == udp);
  const std::uint32_t pair = ports ? load<std::uint32_t>(transport) : 0;
  const auto from_port = static_cast<std::uint16_t>(pair);
  const auto to_port = static_cast<std::uint16_t>(pair >> 16);
  const bool swap = from[0] != to[0]   ? from[0] > to[0]
                    : from[1] != to[1] ? from[1] > to[1]
                                       : from_port > to_port;
  std::memcpy(tuple.first, swap ? to : from, 16);
  std::memcpy(tuple.second, swap ? from : to, 16);
  tuple.first_port = swap ? to_port : from_port;
  tuple.second_port = swap ? from_port : to_port;
  return true;
}

}  // namespace bench
