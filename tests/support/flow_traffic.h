// Small conversations for the tests of flow sinks.
#pragma once

#include <cstdint>
#include <vector>

#include "weir/flow/tracker.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::test {

/// One side of a conversation.
struct Host {
  Ipv4Address address;
  std::uint16_t port = 0;
};

inline constexpr Host client{{{192, 0, 2, 1}}, 40000};
inline constexpr Host server{{{198, 51, 100, 2}}, 443};

/// 2026-01-02T03:04:05.000000006Z and so many nanoseconds.
inline Timestamp at(std::int64_t nanoseconds) {
  return Timestamp{Duration{1'767'323'045'000'000'006 + nanoseconds}};
}

inline OwnedPacket packet_of(const std::vector<std::uint8_t>& bytes, Timestamp time) {
  return OwnedPacket{Packet{.data = bytes,
                            .timestamp = time,
                            .wire_length = static_cast<std::uint32_t>(bytes.size()),
                            .link_type = LinkType::raw}};
}

inline OwnedPacket udp(const Host& from, const Host& to, std::size_t payload, Timestamp time) {
  std::vector<std::uint8_t> bytes(28 + payload);
  (void)wire::build(bytes, wire::Ipv4Fields{.source = from.address, .destination = to.address},
                    wire::UdpFields{.source_port = from.port, .destination_port = to.port},
                    std::vector<std::uint8_t>(payload));
  return packet_of(bytes, time);
}

inline OwnedPacket tcp(const Host& from, const Host& to, std::uint8_t flags, std::size_t payload,
                       Timestamp time) {
  std::vector<std::uint8_t> bytes(40 + payload);
  (void)wire::build(
      bytes, wire::Ipv4Fields{.source = from.address, .destination = to.address},
      wire::TcpFields{.source_port = from.port, .destination_port = to.port, .flags = flags},
      std::vector<std::uint8_t>(payload));
  return packet_of(bytes, time);
}

/// Feeds packets to a tracker that tells the observer, and finishes.
inline void track(flow::Observer& observer, const std::vector<OwnedPacket>& packets,
                  const flow::TrackerOptions& options = {}) {
  flow::Tracker tracker{observer, options};
  for (const OwnedPacket& packet : packets) tracker.add(packet.packet());
  tracker.finish();
}

/// A TCP connection of six packets that stays open: the client sends 100 bytes, the server 1000.
inline std::vector<OwnedPacket> open_connection(const Host& from = client, const Host& to = server,
                                                std::int64_t start = 0) {
  constexpr std::uint8_t syn = 2;
  constexpr std::uint8_t ack = 16;
  constexpr std::uint8_t push = 8;
  return {tcp(from, to, syn, 0, at(start)),
          tcp(to, from, syn | ack, 0, at(start + 1'000)),
          tcp(from, to, ack, 0, at(start + 2'000)),
          tcp(from, to, push | ack, 100, at(start + 3'000)),
          tcp(to, from, push | ack, 1000, at(start + 4'000)),
          tcp(from, to, ack, 0, at(start + 1'500'000'000))};
}

}  // namespace weir::test
