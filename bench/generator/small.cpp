// Writes the small trace: 64-byte frames that make a flow table miss the cache.
#include <algorithm>
#include <array>
#include <vector>

#include "framer.h"
#include "random.h"
#include "traces.h"

namespace bench {
namespace {

constexpr std::size_t frame_length = 64;
constexpr std::uint32_t packets_per_flow = 10;
constexpr std::uint32_t clients = 50'000;
constexpr std::uint32_t tcp_payload = 10;  // 64 bytes less Ethernet, IPv4 and TCP
constexpr std::size_t udp4_payload = 22, udp6_payload = 2;

Kind kind_of(std::uint64_t salt) noexcept {
  const std::uint64_t lot = salt % 100;
  if (lot < 45) return Kind::tcp4;
  return lot < 90 ? Kind::udp4 : Kind::udp6;
}

class SmallTrace {
 public:
  SmallTrace(TraceFile& file, std::uint64_t seed, std::uint32_t flows)
      : file_{file}, framer_{file}, seed_{seed}, sent_(flows) {
    framer_.pad_to(frame_length);
    Random random{seed};
    for (std::uint8_t& byte : noise_) byte = static_cast<std::uint8_t>(random.next() & 0x7f);
  }

  void packet(std::uint64_t time_us, std::uint32_t flow);

 private:
  void tcp(std::uint64_t time_us, const Path& path, std::uint64_t salt, std::uint32_t number);

  TraceFile& file_;
  Framer framer_;
  std::uint64_t seed_;
  std::vector<std::uint16_t> sent_;
  std::array<std::uint8_t, udp4_payload> noise_{};
};

void SmallTrace::packet(std::uint64_t time_us, std::uint32_t flow) {
  const std::uint64_t salt = scramble(seed_ << 32 ^ flow);
  const Kind kind = kind_of(salt);
  const std::uint16_t number = sent_[flow]++;
  if (number == 0) ++file_.truth()[kind].flows;
  const Host client = client_host(flow % clients, kind == Kind::udp6);
  const Host server = server_host(static_cast<std::uint32_t>(salt >> 32) % 16384, client.ipv6);
  const auto client_port = static_cast<std::uint16_t>(1024 + flow / clients);
  const std::uint16_t server_port = kind == Kind::tcp4 ? 443 : 41000;
  // In TCP the second packet is the server's and the third the client's: the handshake.
  const bool reply = number % 2 == 1;
  const Path path = reply ? Path{server, client, server_port, client_port}
                          : Path{client, server, client_port, server_port};
  if (kind == Kind::tcp4) {
    tcp(time_us, path, salt, number);
  } else {
    framer_.udp(time_us, path,
                std::span{noise_}.first(kind == Kind::udp6 ? udp6_payload : udp4_payload));
  }
}

// SYN, SYN and ACK, ACK, then data of both sides in turns.
void SmallTrace::tcp(std::uint64_t time_us, const Path& path, std::uint64_t salt,
                     std::uint32_t number) {
  const auto sent_by_now = [number](std::uint32_t side) {  // 0 is the client
    if (number <= side) return 0U;
    const std::uint32_t data = number <= 3 ? 0 : (number - 3 + side) / 2;
    return 1 + tcp_payload * data;
  };
  const std::uint32_t side = number % 2;
  const std::array start{static_cast<std::uint32_t>(salt), static_cast<std::uint32_t>(salt >> 16)};
  TcpFields fields{.sequence = start[side] + sent_by_now(side), .window = 1024};
  if (number < 2) fields.flags = TcpFields::syn;
  if (number > 0) {
    fields.flags |= TcpFields::ack;
    fields.acknowledgement = start[1 - side] + sent_by_now(1 - side);
  }
  const std::size_t payload = number < 3 ? 0 : tcp_payload;
  framer_.tcp(time_us, path, fields, std::span{noise_}.first(payload));
}

}  // namespace

void write_small(TraceFile& file, std::uint64_t seed, std::uint64_t packets) {
  const auto flows =
      static_cast<std::uint32_t>((packets + packets_per_flow - 1) / packets_per_flow);
  SmallTrace trace{file, seed, flows};
  Random random{seed};
  for (std::uint64_t i = 0; i < packets; ++i) {
    // Every tenth packet belongs to the next flow, so that each has one; the others to any.
    const bool next = i % packets_per_flow == 0;
    trace.packet(i, next ? static_cast<std::uint32_t>(i / packets_per_flow) : random.below(flows));
  }
}

}  // namespace bench
