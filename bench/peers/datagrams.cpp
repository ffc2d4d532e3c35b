// UDP traffic and what became of it: weir_bench_datagrams echo PORT | ping ADDRESS PORT COUNT |
// flood ADDRESS PORT SECONDS BYTES | sink PORT SECONDS.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

int bound(const char* port) {
  const int made = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in here{.sin_family = AF_INET,
                   .sin_port = htons(static_cast<std::uint16_t>(std::atoi(port))),
                   .sin_addr = {},
                   .sin_zero = {}};
  const int room = 64 << 20;
  setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  if (bind(made, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) std::exit(1);
  return made;
}

int connected(const char* address, const char* port) {
  const int made = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in there{.sin_family = AF_INET,
                    .sin_port = htons(static_cast<std::uint16_t>(std::atoi(port))),
                    .sin_addr = {},
                    .sin_zero = {}};
  inet_pton(AF_INET, address, &there.sin_addr);
  if (connect(made, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) std::exit(1);
  return made;
}

void wait_at_most(int socket, long milliseconds) {
  const timeval limit{.tv_sec = milliseconds / 1'000, .tv_usec = milliseconds % 1'000 * 1'000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

[[noreturn]] void echo(const char* port) {
  const int here = bound(port);
  std::array<char, 65'536> buffer{};
  for (;;) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const auto size = recvfrom(here, buffer.data(), buffer.size(), 0,
                               reinterpret_cast<sockaddr*>(&from), &length);
    if (size >= 0) {
      sendto(here, buffer.data(), static_cast<std::size_t>(size), 0,
             reinterpret_cast<sockaddr*>(&from), length);
    }
  }
}

void ping(const char* address, const char* port, int count) {
  const int there = connected(address, port);
  wait_at_most(there, 200);
  std::vector<double> times;
  std::array<char, 64> buffer{};
  for (int i = 0; i < count; ++i) {
    const auto began = Clock::now();
    send(there, buffer.data(), 22, 0);
    if (recv(there, buffer.data(), buffer.size(), 0) < 0) continue;
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
  }
  std::ranges::sort(times);
  if (times.empty()) std::exit(1);
  std::printf("min %.1f median %.1f lost %zu\n", times.front(), times[times.size() / 2],
              static_cast<std::size_t>(count) - times.size());
}

void flood(const char* address, const char* port, double seconds, std::size_t bytes) {
  const int there = connected(address, port);
  std::vector<char> payload(bytes);
  std::array<mmsghdr, 32> messages{};
  iovec piece{.iov_base = payload.data(), .iov_len = payload.size()};
  for (mmsghdr& message : messages) message.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1};
  std::uint64_t sent = 0;
  const auto end = Clock::now() + std::chrono::duration<double>{seconds};
  while (Clock::now() < end) {
    const int count = sendmmsg(there, messages.data(), messages.size(), 0);
    if (count > 0) sent += static_cast<std::uint64_t>(count);
  }
  std::printf("sent %llu\n", static_cast<unsigned long long>(sent));
}

void sink(const char* port, double seconds) {
  const int here = bound(port);
  wait_at_most(here, 50);
  std::array<char, 65'536> buffer{};
  std::uint64_t received = 0;
  const auto end = Clock::now() + std::chrono::duration<double>{seconds};
  while (Clock::now() < end) {
    if (recv(here, buffer.data(), buffer.size(), 0) >= 0) ++received;
  }
  std::printf("received %llu\n", static_cast<unsigned long long>(received));
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 1 ? words[1] : "";
  if (what == "echo" && count == 3) echo(words[2]);
  if (what == "ping" && count == 5) {
    ping(words[2], words[3], std::atoi(words[4]));
  } else if (what == "flood" && count == 6) {
    flood(words[2], words[3], std::atof(words[4]), static_cast<std::size_t>(std::atoi(words[5])));
  } else if (what == "sink" && count == 4) {
    sink(words[2], std::atof(words[3]));
  } else {
    return 2;
  }
}
