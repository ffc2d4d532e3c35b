// sendmsg(2) and recvmsg(2) with SCM_RIGHTS.
#include "gate/rights/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace weir::gate {
namespace {

struct alignas(cmsghdr) Control {
  std::array<std::byte, CMSG_SPACE(Channel::most_descriptors * sizeof(int))> bytes{};
};

/// False for what is neither descriptors nor all of them.
bool take_descriptors(msghdr& message, std::vector<sys::FileDescriptor>& to) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return false;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof descriptor, sizeof descriptor);
      to.emplace_back(descriptor);
    }
  }
  return (message.msg_flags & MSG_CTRUNC) == 0 && to.size() <= Channel::most_descriptors;
}

}  // namespace

bool Channel::send(Bytes bytes, std::span<const int> descriptors) noexcept {
  Control control;
  while (!bytes.empty()) {
    // The kernel only reads it.
    iovec piece{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
      message.msg_control = control.bytes.data();
      message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
      cmsghdr* const header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
      std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    const ssize_t sent = ::sendmsg(socket_.number(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    // They have left with the first bytes.
    descriptors = {};
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Channel::receive(MutableBytes bytes, std::vector<sys::FileDescriptor>& descriptors) {
  while (!bytes.empty()) {
    Control control;
    iovec piece{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t got = ::recvmsg(socket_.number(), &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || !take_descriptors(message, descriptors)) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

void Channel::set_patience(int seconds) const noexcept {
  const timeval time{.tv_sec = seconds, .tv_usec = 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    ::setsockopt(socket_.number(), SOL_SOCKET, option, &time, sizeof time);
  }
}

bool Channel::is_closed() const noexcept {
  pollfd watched{.fd = socket_.number(), .events = 0, .revents = 0};
  return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

void Channel::shut_down() const noexcept { ::shutdown(socket_.number(), SHUT_RDWR); }

}  // namespace weir::gate
