// What will be in a trace, before any byte is made: conversations and their packets in time.
#pragma once

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "trace_file.h"

namespace bench {

enum class Side : std::uint8_t { client, server };
constexpr Side other(Side side) noexcept {
  return side == Side::client ? Side::server : Side::client;
}

/// What a packet carries.
enum class Content : std::uint8_t {
  none,
  filler,      ///< random bytes
  tls_hello,   ///< a ClientHello with a server name
  tls_record,  ///< one application data record of random bytes
  http_get,    ///< a request
  http_reply,  ///< the head of a reply whose length is in Event::detail
  dns_query,
  dns_reply,
  ntp,
  quic,         ///< a short header packet
  echo,         ///< ICMP or ICMPv6 echo request or reply
  unreachable,  ///< ICMP or ICMPv6 error that quotes the client's datagram
  arp,
};

struct Conversation {
  std::uint32_t client = 0;
  std::uint32_t server = 0;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  Kind kind = Kind::tcp4;
  /// Decides the conversation's bytes: sequence numbers, names, filler.
  std::uint32_t salt = 0;

  [[nodiscard]] bool ipv6() const noexcept {
    return kind == Kind::tcp6 || kind == Kind::udp6 || kind == Kind::icmp6;
  }
};

/// One packet. TCP numbers are relative to the initial ones.
struct Event {
  std::uint64_t time_us = 0;
  std::uint32_t conversation = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint32_t detail = 0;
  std::uint16_t length = 0;
  std::uint8_t tcp_flags = 0;
  Content content = Content::none;
  Side from = Side::client;
};

class Plan {
 public:
  explicit Plan(std::uint64_t span_us) noexcept : span_us_{span_us} {}

  /// Takes a conversation whose first packet is within the span; returns its index.
  std::uint32_t add(const Conversation& conversation);
  /// Takes a packet of the newest conversation; false if it lies beyond the span and is left out.
  bool add(Event event);

  void count_retransmitted() noexcept { ++truth_.retransmitted; }
  void count_reordered() noexcept { ++truth_.reordered; }

  /// Puts the packets in the order of time.
  void sort();

  [[nodiscard]] const std::vector<Conversation>& conversations() const noexcept {
    return conversations_;
  }
  [[nodiscard]] const std::vector<Event>& events() const noexcept { return events_; }
  /// Flows, retransmissions and reorderings; packets and bytes are counted when written.
  [[nodiscard]] const Truth& truth() const noexcept { return truth_; }
  [[nodiscard]] std::uint64_t span_us() const noexcept { return span_us_; }

 private:
  void count_icmp_pair(const Conversation& conversation, Kind kind);

  std::uint64_t span_us_;
  std::vector<Conversation> conversations_;
  std::vector<Event> events_;
  std::set<std::tuple<Kind, std::uint32_t, std::uint32_t>> icmp_pairs_;
  Truth truth_;
};

}  // namespace bench
