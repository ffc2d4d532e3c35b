// Plans the mixed trace: who talks to whom, about what, when.
#include "mixed_plan.h"

#include <algorithm>

#include "random.h"
#include "tcp_script.h"

namespace bench {
namespace {

constexpr std::uint64_t span_us = 120'000'000;
constexpr std::uint32_t packets_per_conversation = 12;
constexpr std::uint32_t ipv6_per_mille = 250;
constexpr std::uint32_t first_port = 16384, ports = 49152;

class Planner {
 public:
  Planner(Plan& plan, std::uint64_t seed, std::uint64_t packets)
      : plan_{plan},
        random_{seed},
        next_port_(static_cast<std::size_t>(
            std::clamp<std::uint64_t>(packets / packets_per_conversation / 50, 20, 60'000))) {}

  void conversation();

 private:
  void begin(Kind four, Kind six, unsigned server_port);
  void tls();
  void http();
  void interactive();
  void bulk();
  void knock();
  void dns();
  void ntp();
  void quic();
  void voice();
  void large_datagrams();
  void unreachable();
  void echo();
  void arp();

  void datagram(Side from, std::uint64_t time_us, std::uint32_t length, Content content,
                std::uint32_t sequence = 0);
  void end(TcpScript& tcp);

  Plan& plan_;
  Random random_;
  std::vector<std::uint16_t> next_port_;  // of each client
  std::uint64_t start_ = 0;
};

// One conversation of a kind chosen by these shares, in thousandths.
void Planner::conversation() {
  struct Share {
    std::uint32_t per_mille;
    void (Planner::*plan)();
  };
  static constexpr Share shares[] = {
      {355, &Planner::tls},       {100, &Planner::http},          {40, &Planner::interactive},
      {2, &Planner::bulk},        {65, &Planner::knock},          {278, &Planner::dns},
      {30, &Planner::ntp},        {65, &Planner::quic},           {12, &Planner::voice},
      {3, &Planner::unreachable}, {2, &Planner::large_datagrams}, {30, &Planner::echo},
      {18, &Planner::arp},
  };
  start_ = random_.below(span_us);
  std::uint32_t lot = random_.below(1000);
  for (const Share& share : shares) {
    if (lot < share.per_mille) return (this->*share.plan)();
    lot -= share.per_mille;
  }
}

void Planner::begin(Kind four, Kind six, unsigned server_port) {
  // The smaller of two draws: some hosts are busier than others.
  const auto clients = static_cast<std::uint32_t>(next_port_.size());
  const std::uint32_t client = std::min(random_.below(clients), random_.below(clients));
  const std::uint32_t port = first_port + next_port_[client]++ % ports;
  const std::uint32_t server = std::min(random_.below(16384), random_.below(16384));
  plan_.add(Conversation{.client = client,
                         .server = server,
                         .client_port = static_cast<std::uint16_t>(port),
                         .server_port = static_cast<std::uint16_t>(server_port),
                         .kind = random_.per_mille(ipv6_per_mille) ? six : four,
                         .salt = static_cast<std::uint32_t>(random_.next())});
}

void Planner::tls() {
  begin(Kind::tcp4, Kind::tcp6, 443);
  TcpScript tcp{plan_, random_, start_};
  tcp.open();
  tcp.send(Side::client, random_.between(220, 517), Content::tls_hello, Content::tls_record);
  tcp.send(Side::server, random_.between(1000, 2600), Content::tls_record, Content::tls_record);
  for (std::uint32_t left = random_.heavy(1, 1); left > 0; --left) {
    tcp.send(Side::client, random_.between(90, 900), Content::tls_record, Content::tls_record);
    tcp.send(Side::server, random_.heavy(300, 6), Content::tls_record, Content::tls_record);
    tcp.think(random_.heavy(2000, 9));
  }
  end(tcp);
}

void Planner::http() {
  begin(Kind::tcp4, Kind::tcp6, 80);
  TcpScript tcp{plan_, random_, start_};
  tcp.open();
  for (std::uint32_t left = random_.heavy(1, 1); left > 0; --left) {
    tcp.send(Side::client, random_.between(120, 700), Content::http_get, Content::none);
    tcp.send(Side::server, random_.heavy(600, 6), Content::http_reply, Content::filler);
    tcp.think(random_.heavy(2000, 10));
  }
  end(tcp);
}

void Planner::interactive() {
  begin(Kind::tcp4, Kind::tcp6, 40022);
  TcpScript tcp{plan_, random_, start_};
  tcp.open();
  for (std::uint32_t left = random_.between(5, 25); left > 0; --left) {
    tcp.send(Side::client, random_.between(36, 68), Content::filler, Content::filler);
    tcp.send(Side::server, random_.between(36, 200), Content::filler, Content::filler);
    tcp.think(random_.between(50'000, 600'000));
  }
  end(tcp);
}

void Planner::bulk() {
  begin(Kind::tcp4, Kind::tcp6, 40873);
  TcpScript tcp{plan_, random_, start_};
  tcp.open();
  const Side sender = random_.per_mille(700) ? Side::server : Side::client;
  tcp.send(other(sender), random_.between(40, 300), Content::filler, Content::filler);
  tcp.send(sender, random_.heavy(60'000, 5), Content::filler, Content::filler);
  end(tcp);
}

void Planner::knock() {
  begin(Kind::tcp4, Kind::tcp6, random_.between(1, 9999));
  TcpScript tcp{plan_, random_, start_};
  if (random_.per_mille(600)) {
    tcp.knock_in_vain();
  } else {
    tcp.knock_refused();
  }
}

// Some connections end with RST and some stay open beyond the trace.
void Planner::end(TcpScript& tcp) {
  const std::uint32_t lot = random_.below(100);
  if (lot < 85) {
    tcp.finish(lot < 55 ? Side::server : Side::client);
  } else if (lot < 93) {
    tcp.reset(lot < 90 ? Side::client : Side::server);
  }
}

void Planner::datagram(Side from, std::uint64_t time_us, std::uint32_t length, Content content,
                       std::uint32_t sequence) {
  plan_.add(Event{.time_us = time_us,
                  .sequence = sequence,
                  .length = static_cast<std::uint16_t>(length),
                  .content = content,
                  .from = from});
}

void Planner::dns() {
  begin(Kind::udp4, Kind::udp6, 53);
  datagram(Side::client, start_, 0, Content::dns_query);
  if (random_.per_mille(980)) {
    datagram(Side::server, start_ + random_.heavy(300, 8), 0, Content::dns_reply);
  }
}

void Planner::ntp() {
  begin(Kind::udp4, Kind::udp6, 123);
  datagram(Side::client, start_, 48, Content::ntp);
  datagram(Side::server, start_ + random_.heavy(900, 6), 48, Content::ntp);
}

void Planner::quic() {
  begin(Kind::udp4, Kind::udp6, 443);
  std::uint64_t time = start_;
  for (std::uint32_t left = random_.heavy(2, 2); left > 0; --left) {
    datagram(Side::client, time, random_.between(30, 120), Content::quic);
    time += random_.heavy(1000, 6);
    for (std::uint32_t answers = random_.heavy(1, 2); answers > 0; --answers) {
      datagram(Side::server, time, random_.between(900, 1252), Content::quic);
      time += random_.between(15, 200);
    }
  }
}

void Planner::voice() {
  begin(Kind::udp4, Kind::udp6, random_.between(41000, 41999));
  const std::uint32_t frames = random_.between(10, 50);
  for (std::uint32_t i = 0; i < frames; ++i) {
    const std::uint64_t time = start_ + i * 20'000ULL;
    datagram(Side::client, time + random_.below(400), 172, Content::filler, 2 * i);
    datagram(Side::server, time + 7000 + random_.below(4000), 172, Content::filler, 2 * i + 1);
  }
}

void Planner::large_datagrams() {
  begin(Kind::udp4, Kind::udp6, 42049);
  std::uint64_t time = start_;
  for (std::uint32_t left = random_.between(1, 4); left > 0; --left) {
    datagram(Side::client, time, random_.between(100, 200), Content::filler, 2 * left);
    time += random_.heavy(500, 4);
    datagram(Side::server, time, random_.between(1600, 8192), Content::filler, 2 * left + 1);
    time += random_.between(100, 4000);
  }
}

void Planner::unreachable() {
  begin(Kind::udp4, Kind::udp6, random_.between(42500, 42999));
  datagram(Side::client, start_, random_.between(20, 200), Content::filler);
  datagram(Side::server, start_ + random_.heavy(1000, 6), 0, Content::unreachable);
}

void Planner::echo() {
  begin(Kind::icmp4, Kind::icmp6, 0);
  const std::uint32_t echoes = random_.between(1, 8);
  for (std::uint32_t i = 0; i < echoes; ++i) {
    const std::uint64_t time = start_ + i * 1'000'000ULL;
    datagram(Side::client, time, 56, Content::echo, i);
    if (random_.per_mille(970)) {
      datagram(Side::server, time + random_.heavy(3000, 5), 56, Content::echo, i);
    }
  }
}

void Planner::arp() {
  begin(Kind::arp, Kind::arp, 0);
  datagram(Side::client, start_, 0, Content::arp);
  if (random_.per_mille(900)) {
    datagram(Side::server, start_ + random_.between(60, 900), 0, Content::arp);
  }
}

}  // namespace

Plan plan_mixed(std::uint64_t seed, std::uint64_t packets) {
  Plan plan{span_us};
  Planner planner{plan, seed, packets};
  while (plan.events().size() < packets) planner.conversation();
  plan.sort();
  return plan;
}

}  // namespace bench
