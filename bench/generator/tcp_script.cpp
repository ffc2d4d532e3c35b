// Scripts one TCP connection as it looks at the client's end of the line.
#include "tcp_script.h"

#include <algorithm>

#include "framer.h"

namespace bench {
namespace {

using Flags = TcpFields::Flags;

// Of data segments; about half of all TCP packets carry data.
constexpr std::uint32_t retransmitted_per_mille = 12;
constexpr std::uint32_t reordered_per_mille = 10;
constexpr std::uint32_t first_window = 10, largest_window = 64;

}  // namespace

TcpScript::TcpScript(Plan& plan, Random& random, std::uint64_t start_us)
    : plan_{plan},
      random_{random},
      now_{start_us},
      rtt_us_{random.heavy(4000, 5)},
      segment_size_{plan.conversations().back().ipv6() ? 1428U : 1448U} {}

void TcpScript::open() {
  control(Side::client, Flags::syn, now_);
  now_ += rtt_us_;
  sent(Side::client) = 1;
  control(Side::server, Flags::syn | Flags::ack, now_);
  now_ += turnaround(Side::client);
  sent(Side::server) = 1;
  control(Side::client, Flags::ack, now_);
  now_ += random_.between(10, 300);
}

void TcpScript::knock_in_vain() {
  for (const std::uint64_t delay : {0U, 1'000'000U, 3'000'000U}) {
    control(Side::client, Flags::syn, now_ + delay);
  }
}

void TcpScript::knock_refused() {
  control(Side::client, Flags::syn, now_);
  sent(Side::client) = 1;
  control(Side::server, Flags::rst | Flags::ack, now_ + rtt_us_);
}

void TcpScript::send(Side side, std::uint32_t bytes, Content first, Content rest) {
  std::uint32_t window = first_window;
  std::uint32_t in_flight = 0;
  std::uint32_t unacknowledged = 0;
  for (std::uint32_t done = 0; done < bytes;) {
    const std::uint32_t length = std::min(segment_size_, bytes - done);
    const bool last = done + length == bytes;
    data(side, length, done == 0 ? first : rest, bytes, last);
    done += length;
    // A single segment is acknowledged by the answer to it.
    if (++unacknowledged == 2 || (last && done > segment_size_)) {
      control(other(side), Flags::ack, now_ + turnaround(other(side)));
      unacknowledged = 0;
    }
    now_ += random_.between(12, 90);
    if (++in_flight == window && !last) {
      now_ += rtt_us_;
      in_flight = 0;
      window = std::min(2 * window, largest_window);
    }
  }
  now_ += rtt_us_;
}

void TcpScript::finish(Side side) {
  control(side, Flags::fin | Flags::ack, now_);
  ++sent(side);
  now_ += turnaround(other(side));
  control(other(side), Flags::fin | Flags::ack, now_);
  ++sent(other(side));
  now_ += turnaround(side);
  control(side, Flags::ack, now_);
}

void TcpScript::reset(Side side) { control(side, Flags::rst | Flags::ack, now_); }

void TcpScript::control(Side side, std::uint8_t flags, std::uint64_t time_us) {
  const bool acknowledges = (flags & Flags::ack) != 0;
  plan_.add(Event{.time_us = time_us,
                  .sequence = sent(side),
                  .acknowledgement = acknowledges ? sent(other(side)) : 0,
                  .tcp_flags = flags,
                  .from = side});
}

void TcpScript::data(Side side, std::uint32_t length, Content content, std::uint32_t detail,
                     bool push) {
  Event event{.time_us = now_,
              .sequence = sent(side),
              .acknowledgement = sent(other(side)),
              .detail = detail,
              .length = static_cast<std::uint16_t>(length),
              .tcp_flags = static_cast<std::uint8_t>(Flags::ack | (push ? Flags::psh : 0)),
              .content = content,
              .from = side};
  sent(side) += length;
  if (random_.per_mille(reordered_per_mille)) {
    event.time_us += random_.between(300, 2000);
    if (plan_.add(event)) plan_.count_reordered();
    return;
  }
  plan_.add(event);
  if (random_.per_mille(retransmitted_per_mille)) {
    event.time_us += rtt_us_ + random_.between(1000, 200'000);
    if (plan_.add(event)) plan_.count_retransmitted();
  }
}

std::uint64_t TcpScript::turnaround(Side answering) noexcept {
  return answering == Side::client ? random_.between(20, 120) : rtt_us_;
}

}  // namespace bench
