// Writes the mixed trace: makes the bytes of every planned packet.
#include "framer.h"
#include "mixed_plan.h"
#include "payload.h"
#include "random.h"
#include "traces.h"

namespace bench {
namespace {

// Mirrored from a switch: nothing is shorter than Ethernet allows, FCS not counted.
constexpr std::size_t shortest_frame = 60;
// One client of so many is behind a tagged port.
constexpr std::uint32_t tagged_every = 18;

class MixedTrace {
 public:
  MixedTrace(TraceFile& file, const Plan& plan, std::uint64_t seed)
      : plan_{plan}, framer_{file}, payloads_{seed} {
    framer_.pad_to(shortest_frame);
  }

  void write(const Event& event) {
    const Conversation& conversation = plan_.conversations()[event.conversation];
    const Path path = path_of(conversation, event.from);
    const auto payload = payloads_.make(conversation, event);
    if (event.content == Content::unreachable) {
      framer_.port_unreachable(event.time_us, path, path_of(conversation, Side::client), payload);
      return;
    }
    const bool request = event.from == Side::client;
    switch (conversation.kind) {
      case Kind::tcp4:
      case Kind::tcp6:
        framer_.tcp(event.time_us, path, tcp_fields(conversation, event), payload);
        break;
      case Kind::udp4:
      case Kind::udp6:
        framer_.udp(event.time_us, path, payload);
        break;
      case Kind::icmp4:
        framer_.icmp(event.time_us, path, request ? 8 : 0, 0, payload);
        break;
      case Kind::icmp6:
        framer_.icmp(event.time_us, path, request ? 128 : 129, 0, payload);
        break;
      case Kind::arp:
        framer_.arp(event.time_us, path, !request);
        break;
    }
  }

 private:
  static Path path_of(const Conversation& conversation, Side from) {
    const Host client = client_host(conversation.client, conversation.ipv6());
    const Host server = server_host(conversation.server, conversation.ipv6());
    const bool tagged = conversation.client % tagged_every == 0;
    const auto vlan = static_cast<std::uint16_t>(tagged ? 100 + conversation.client % 8 : 0);
    if (from == Side::client) {
      return {client, server, conversation.client_port, conversation.server_port, vlan};
    }
    return {server, client, conversation.server_port, conversation.client_port, vlan};
  }

  static TcpFields tcp_fields(const Conversation& conversation, const Event& event) {
    const auto start = [&](Side side) {
      return static_cast<std::uint32_t>(
          scramble(2ULL * conversation.salt + (side == Side::client)));
    };
    const auto milliseconds = static_cast<std::uint32_t>(event.time_us / 1000);
    const bool acknowledges = (event.tcp_flags & TcpFields::ack) != 0;
    return {.sequence = start(event.from) + event.sequence,
            .acknowledgement = acknowledges ? start(other(event.from)) + event.acknowledgement : 0,
            .flags = event.tcp_flags,
            .window = static_cast<std::uint16_t>(502 + (conversation.salt & 0xff)),
            .ts_value = (start(event.from) >> 4) + milliseconds,
            .ts_echo = acknowledges ? (start(other(event.from)) >> 4) + milliseconds - 5 : 0};
  }

  const Plan& plan_;
  Framer framer_;
  Payloads payloads_;
};

}  // namespace

void write_mixed(TraceFile& file, std::uint64_t seed, std::uint64_t packets) {
  const Plan plan = plan_mixed(seed, packets);
  file.truth() = plan.truth();
  MixedTrace trace{file, plan, seed};
  for (const Event& event : plan.events()) trace.write(event);
}

}  // namespace bench
