// A TCP connection between a client and a server, told segment by segment.
#pragma once

#include "frames.h"

namespace weir::flow::test {

inline const Endpoint client_end{ip("192.0.2.1"), 40000};
inline const Endpoint server_end{ip("198.51.100.2"), 443};

/// Both ends count their octets, as TCP does; strays are sent beside them.
class Connection : public Feed {
 public:
  explicit Connection(const TrackerOptions& options = {}) : Feed{options} {}

  void client(std::uint8_t flags, Duration since = 0s, std::size_t payload = 0) {
    send_counted(client_next, server_next, flags, since, payload, false);
  }
  void server(std::uint8_t flags, Duration since = 0s, std::size_t payload = 0) {
    send_counted(server_next, client_next, flags, since, payload, true);
  }
  /// SYN, SYN-ACK, ACK.
  void open(Duration since = 0s) {
    client(syn, since);
    server(syn | ack, since);
    client(ack, since);
  }
  /// Both ends begin anew, with other numbers.
  void renumber() {
    client_next += 0x20000000;
    server_next += 0x30000000;
  }
  /// A segment whose numbers are its own.
  void stray_client(const FrameFields& fields, Duration since = 0s) { send(fields, since); }
  void stray_server(const FrameFields& fields, Duration since = 0s) {
    send(fields.reversed(), since);
  }

  TcpState state() { return only_flow().tcp_state(); }
  /// Finishes, and returns packets of each flow in the order they ended.
  std::vector<std::uint64_t> packets() {
    tracker.finish();
    std::vector<std::uint64_t> counts;
    for (const EndedFlow& ended_flow : recorder.ended) {
      counts.push_back(ended_flow.flow().from_originator().packets +
                       ended_flow.flow().from_responder().packets);
    }
    return counts;
  }
  const Flow& ended(std::size_t index) { return recorder.ended.at(index).flow(); }

  std::uint32_t client_next = 1000;
  std::uint32_t server_next = 9000;
  std::uint16_t window = 1000;

 private:
  void send_counted(std::uint32_t& own, std::uint32_t peer, std::uint8_t flags, Duration since,
                    std::size_t payload, bool from_server) {
    FrameFields fields{.tcp_flags = flags,
                       .sequence = own,
                       .acknowledgment = (flags & ack) != 0 ? peer : 0,
                       .window = window,
                       .payload = payload};
    own += static_cast<std::uint32_t>(payload) + ((flags & syn) != 0 ? 1 : 0) +
           ((flags & fin) != 0 ? 1 : 0);
    if (from_server) fields = fields.reversed();
    send(fields, since);
  }
};

}  // namespace weir::flow::test
