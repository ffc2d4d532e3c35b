// Puts headers with correct lengths and checksums around payloads: Ethernet, ARP, IPv4, IPv6,
// TCP, UDP, ICMP.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "octets.h"
#include "trace_file.h"

namespace bench {

/// One end of a conversation. An IPv4 address is in the first four bytes.
struct Host {
  std::array<std::uint8_t, 6> mac{};
  std::array<std::uint8_t, 16> address{};
  bool ipv6 = false;
  std::uint8_t hop_limit = 64;

  [[nodiscard]] std::span<const std::uint8_t> address_bytes() const noexcept {
    return std::span{address}.first(ipv6 ? 16 : 4);
  }
};

/// Hosts of the traces: 198.18.0.0/16 and 2001:db8:1::/64 are clients, 198.19.0.0/16 and
/// 2001:db8:2::/64 are servers (RFC 2544, RFC 3849); index < 65536.
Host client_host(std::uint32_t index, bool ipv6) noexcept;
Host server_host(std::uint32_t index, bool ipv6) noexcept;

/// Where a segment comes from and goes to.
struct Path {
  Host from;
  Host to;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  /// Identifier of the 802.1Q tag; 0 for none.
  std::uint16_t vlan = 0;
};

/// The fields of a TCP header that vary.
struct TcpFields {
  enum Flags : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
  /// Time stamps option (RFC 7323): both 0 leave it out.
  std::uint32_t ts_value = 0;
  std::uint32_t ts_echo = 0;
};

/// Builds frames and writes them. IP packets above 1,500 bytes are fragmented.
class Framer {
 public:
  explicit Framer(TraceFile& file) noexcept : file_{file} {}

  void tcp(std::uint64_t time_us, const Path& path, const TcpFields& fields,
           std::span<const std::uint8_t> payload);
  void udp(std::uint64_t time_us, const Path& path, std::span<const std::uint8_t> payload);
  /// `body` is the ICMP or ICMPv6 message after its checksum.
  void icmp(std::uint64_t time_us, const Path& path, std::uint8_t type, std::uint8_t code,
            std::span<const std::uint8_t> body);
  /// Destination unreachable (port), quoting the UDP packet `offending`, which `path.to` had sent.
  void port_unreachable(std::uint64_t time_us, const Path& path, const Path& offending,
                        std::span<const std::uint8_t> payload);
  void arp(std::uint64_t time_us, const Path& path, bool reply);

  /// Frames shorter than this get a zero trailer; 0 for none.
  void pad_to(std::size_t frame_length) noexcept { padded_length_ = frame_length; }

 private:
  void tcp_header(const TcpFields& fields, const Path& path);
  void udp_segment(const Path& path, std::span<const std::uint8_t> payload);
  void checksum_at(std::size_t offset, const Path& path, unsigned protocol);
  void ethernet(const Path& path, unsigned type);
  void ip_header(const Path& path, unsigned protocol, std::size_t length, unsigned fragment);
  void emit_segment(Kind kind, std::uint64_t time_us, const Path& path, unsigned protocol);
  void emit_fragments(Kind kind, std::uint64_t time_us, const Path& path, unsigned protocol);
  void emit_frame(Kind kind, std::uint64_t time_us, std::span<const std::uint8_t> rest);

  TraceFile& file_;
  Octets headers_;
  Octets segment_;
  std::uint32_t identification_ = 0;
  std::size_t padded_length_ = 0;
};

}  // namespace bench
