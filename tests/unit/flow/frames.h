// Frames and trackers for the flow tests: a frame from a few named fields, an observer that keeps
// what it is told.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "support/frames.h"
#include "weir/address.h"
#include "weir/flow/owned_flow.h"
#include "weir/flow/tracker.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/sctp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/vlan.h"

namespace weir::flow::test {

using namespace std::chrono_literals;

using wire::ip_protocol::icmp;
using wire::ip_protocol::sctp;
using wire::ip_protocol::tcp;
using wire::ip_protocol::udp;

inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t psh = 0x08;
inline constexpr std::uint8_t ack = 0x10;

inline IpAddress ip(std::string_view text) { return parse_ip(text).value(); }

/// What a frame is made of. Headers are as short as they can be.
struct FrameFields {
  IpAddress source = ip("192.0.2.1");
  IpAddress destination = ip("198.51.100.2");
  std::uint16_t source_port = 40000;
  std::uint16_t destination_port = 443;
  std::uint8_t protocol = tcp;
  std::uint8_t tcp_flags = ack;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 1000;
  std::vector<std::uint8_t> tcp_options{};
  std::size_t payload = 0;
  std::vector<std::uint16_t> vlans{};
  /// Of the datagram; later fragments hold no transport header.
  std::uint16_t fragment_offset = 0;
  bool more_fragments = false;
  std::uint32_t identification = 0;

  [[nodiscard]] FrameFields reversed() const {
    FrameFields other = *this;
    std::swap(other.source, other.destination);
    std::swap(other.source_port, other.destination_port);
    return other;
  }
};

/// Bytes with room to append headers to.
class FrameBytes {
 public:
  /// A header that tells of `behind` bytes behind it.
  template <class Fields>
  void append(const Fields& fields, std::size_t behind = 0) {
    const weir::test::Octets header = weir::test::header_bytes(fields, weir::test::Octets(behind));
    bytes_.insert(bytes_.end(), header.begin(), header.end());
  }
  void append_bytes(std::initializer_list<int> bytes) {
    for (const int byte : bytes) bytes_.push_back(static_cast<std::uint8_t>(byte));
  }
  void append_zeros(std::size_t count) { bytes_.insert(bytes_.end(), count, 0); }
  void append_type(std::uint16_t type) { append_bytes({type >> 8, type & 0xff}); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

inline std::size_t transport_length(const FrameFields& fields) {
  if (fields.fragment_offset != 0) return 0;
  if (fields.protocol == tcp) return 20 + (fields.tcp_options.size() + 3) / 4 * 4;
  if (fields.protocol == udp) return 8;
  if (fields.protocol == sctp) return 12;
  return 0;
}

/// From the IP header on.
inline void append_datagram(FrameBytes& frame, const FrameFields& fields) {
  const bool fragment = fields.fragment_offset != 0 || fields.more_fragments;
  const std::size_t body = transport_length(fields) + fields.payload;
  if (fields.source.version() == 4) {
    frame.append(
        wire::Ipv4Fields{.identification = static_cast<std::uint16_t>(fields.identification),
                         .more_fragments = fields.more_fragments,
                         .fragment_offset = fields.fragment_offset,
                         .protocol = fields.protocol,
                         .source = fields.source.v4(),
                         .destination = fields.destination.v4()},
        body);
  } else {
    const std::uint8_t next = fragment ? std::uint8_t{44} : fields.protocol;
    frame.append(wire::Ipv6Fields{.next_header = next,
                                  .source = fields.source.v6(),
                                  .destination = fields.destination.v6()},
                 body + (fragment ? 8 : 0));
    if (fragment) {
      frame.append(wire::Ipv6FragmentFields{.next_header = fields.protocol,
                                            .fragment_offset = fields.fragment_offset,
                                            .more_fragments = fields.more_fragments,
                                            .identification = fields.identification});
    }
  }
  if (transport_length(fields) >= 20) {
    frame.append(wire::TcpFields{.source_port = fields.source_port,
                                 .destination_port = fields.destination_port,
                                 .sequence_number = fields.sequence,
                                 .acknowledgment_number = fields.acknowledgment,
                                 .flags = fields.tcp_flags,
                                 .window = fields.window,
                                 .options = fields.tcp_options});
  } else if (transport_length(fields) == 8) {
    frame.append(wire::UdpFields{.source_port = fields.source_port,
                                 .destination_port = fields.destination_port},
                 fields.payload);
  } else if (transport_length(fields) == 12) {
    frame.append_type(fields.source_port);
    frame.append_type(fields.destination_port);
    frame.append_zeros(8);
  }
  frame.append_zeros(fields.payload);
}

/// An Ethernet frame, without padding.
inline std::vector<std::uint8_t> make_frame(const FrameFields& fields) {
  FrameBytes frame;
  frame.append_bytes({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
  for (const std::uint16_t vlan : fields.vlans) {
    frame.append_type(0x8100);
    frame.append_type(vlan);
  }
  frame.append_type(fields.source.version() == 4 ? 0x0800 : 0x86dd);
  append_datagram(frame, fields);
  return frame.take();
}

/// Time stamps of the tests: seconds after some moment, in any unit.
inline Timestamp at(Duration since) { return Timestamp{1'700'000'000s} + since; }

inline Packet packet_of(const std::vector<std::uint8_t>& frame, Timestamp time) {
  return {
      .data = frame, .timestamp = time, .wire_length = static_cast<std::uint32_t>(frame.size())};
}

struct EndedFlow {
  OwnedFlow owned;
  EndReason reason;
  [[nodiscard]] const Flow& flow() const { return owned.flow(); }
};

class Recorder : public Observer {
 public:
  void on_start(const Flow& flow) override { started.emplace_back(flow); }
  void on_end(const Flow& flow, EndReason reason) override {
    ended.push_back({OwnedFlow{flow}, reason});
  }
  void on_finish() override { ++finished; }

  std::vector<OwnedFlow> started;
  std::vector<EndedFlow> ended;
  int finished = 0;
};

/// A tracker that is fed frames.
class Feed {
 public:
  explicit Feed(const TrackerOptions& options = {}) : tracker{recorder, options} {}

  void send(const FrameFields& fields, Duration since = 0s) {
    const auto frame = make_frame(fields);
    tracker.add(packet_of(frame, at(since)));
  }
  /// Finishes, and returns the only flow there was.
  const Flow& only_flow() {
    tracker.finish();
    return recorder.ended.at(0).flow();
  }

  Recorder recorder;
  Tracker tracker;
};

}  // namespace weir::flow::test
