// A socket for both versions of IP.
#include "system/gate/truth/datagram_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace weir::test {
namespace {

sockaddr_in6 address_of(const std::string& text, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr) != 1) {
    throw std::runtime_error{"no address: " + text};
  }
  return address;
}

void fail_if(bool failed) {
  if (failed) throw std::runtime_error{std::strerror(errno)};
}

}  // namespace

DatagramSocket::DatagramSocket(std::uint16_t port) { open(port); }

DatagramSocket::DatagramSocket(const Host& host, std::uint16_t port) {
  host.inside([&] { open(port); });
}

void DatagramSocket::open(std::uint16_t port) {
  socket_ = sys::FileDescriptor{::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  constexpr int room = 8 << 20;
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  const sockaddr_in6 address = address_of("::", port);
  fail_if(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0);
}

void DatagramSocket::send(const std::string& address, std::uint16_t port, const Octets& payload,
                          std::uint16_t segment) const {
  const int size = segment;
  fail_if(::setsockopt(socket_.number(), SOL_UDP, UDP_SEGMENT, &size, sizeof size) != 0);
  const sockaddr_in6 to = address_of(address, port);
  if (::sendto(socket_.number(), payload.data(), payload.size(), 0,
               reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0) {
    return;
  }
  // Before Linux 6.11 none are cut for an adapter that does not finish checksums.
  fail_if(errno != EIO || segment == 0);
  for (std::size_t at = 0; at < payload.size(); at += segment) {
    const auto begin = payload.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t length = std::min<std::size_t>(segment, payload.size() - at);
    send(address, port, {begin, begin + static_cast<std::ptrdiff_t>(length)});
  }
}

Octets DatagramSocket::receive(int patience) const {
  pollfd polled{.fd = socket_.number(), .events = POLLIN, .revents = 0};
  if (::poll(&polled, 1, patience) != 1) return {};
  Octets bytes(65'536);
  const ssize_t size = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
  fail_if(size < 0);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace weir::test
