// socket, sendto and recvmsg behind NetlinkSocket.
#include "sys/netlink_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "weir/error.h"

namespace weir::sys {
namespace {

/// The kernel writes at most 32 KiB at a time.
constexpr std::size_t buffer_size = std::size_t{64} << 10;
constexpr std::size_t usual_request = 256;
/// How often a list that changes while it is read is read again, before it is taken as it came.
constexpr int max_readings = 16;

struct Received {
  Bytes datagram{};
  int error = 0;
};

/// One datagram of the kernel's; those of other processes are passed over. EMSGSIZE for one that
/// does not fit.
Received receive_datagram(const FileDescriptor& from, MutableBytes buffer, int flags) noexcept {
  for (;;) {
    sockaddr_nl sender{};
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr header{};
    header.msg_name = &sender;
    header.msg_namelen = sizeof sender;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(from.number(), &header, flags);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return {.error = errno};
    if (sender.nl_pid != 0) continue;
    if ((header.msg_flags & MSG_TRUNC) != 0) return {.error = EMSGSIZE};
    return {.datagram = buffer.first(static_cast<std::size_t>(size))};
  }
}

/// The kernel's verdict in the body of an NLMSG_ERROR or NLMSG_DONE, as an errno.
int error_in(Bytes body) noexcept {
  const auto number = take_header<std::int32_t>(body);
  return number && *number < 0 ? -*number : 0;
}

}  // namespace

NetlinkSocket::NetlinkSocket(int protocol)
    : descriptor_{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)}, buffer_(buffer_size) {
  if (!descriptor_.is_open()) throw SystemError{errno, "netlink socket"};
  request_.reserve(usual_request);
  // The kernel tells nothing to a socket without an address; zeros have it choose one.
  const sockaddr_nl any{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  sockaddr address{};
  static_assert(sizeof any <= sizeof address);
  std::memcpy(&address, &any, sizeof any);
  if (::bind(descriptor_.number(), &address, sizeof any) != 0) {
    throw SystemError{errno, "netlink socket"};
  }
}

void NetlinkSocket::subscribe(std::uint32_t group) {
  const int number = static_cast<int>(group);
  if (::setsockopt(descriptor_.number(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number,
                   sizeof number) != 0) {
    throw SystemError{errno, "subscribe to netlink group " + std::to_string(group)};
  }
}

NetlinkSocket::News NetlinkSocket::receive(Bytes& messages) {
  const Received received = receive_datagram(descriptor_, buffer_, MSG_DONTWAIT);
  switch (received.error) {
    case 0:
      messages = received.datagram;
      return News::messages;
    case EAGAIN:
      return News::none;
    case ENOBUFS:
    case EMSGSIZE:
      return News::lost;
    default:
      throw SystemError{received.error, "read netlink"};
  }
}

std::vector<std::uint8_t> NetlinkSocket::ask(std::uint16_t type, std::uint16_t flags, Bytes body) {
  for (int reading = 1;; ++reading) {
    if (const int error = send(type, flags, body)) throw SystemError{error, "ask netlink"};
    Answer answer = read_answer();
    if (answer.is_consistent || reading == max_readings) return std::move(answer.messages);
  }
}

int NetlinkSocket::ask_once(std::uint16_t type, Bytes body, Bytes& answer) noexcept {
  if (const int error = send(type, 0, body)) return error;
  for (;;) {
    const Received received = receive_datagram(descriptor_, buffer_, 0);
    if (received.error != 0) return received.error;
    Bytes rest = received.datagram;
    const auto message = take_message(rest);
    if (!message || message->sequence != sequence_) continue;
    if (message->type == NLMSG_ERROR) return error_in(message->body);
    answer = received.datagram;
    return 0;
  }
}

int NetlinkSocket::send(std::uint16_t type, std::uint16_t flags, Bytes body) {
  const nlmsghdr header{.nlmsg_len = static_cast<std::uint32_t>(sizeof(nlmsghdr) + body.size()),
                        .nlmsg_type = type,
                        .nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST),
                        .nlmsg_seq = ++sequence_,
                        .nlmsg_pid = 0};
  request_.resize(sizeof header);
  std::memcpy(request_.data(), &header, sizeof header);
  request_.insert(request_.end(), body.begin(), body.end());
  ssize_t sent = 0;
  do {
    sent = ::send(descriptor_.number(), request_.data(), request_.size(), 0);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

NetlinkSocket::Answer NetlinkSocket::read_answer() {
  Answer answer;
  while (!answer.is_complete) {
    const Received received = receive_datagram(descriptor_, buffer_, 0);
    if (received.error != 0) throw SystemError{received.error, "read netlink"};
    take_datagram(received.datagram, answer);
  }
  return answer;
}

/// Takes what belongs to the last question.
void NetlinkSocket::take_datagram(Bytes datagram, Answer& answer) const {
  Bytes rest = datagram;
  for (Bytes from = rest; const auto message = take_message(rest); from = rest) {
    if (message->sequence != sequence_) continue;
    if ((message->flags & NLM_F_DUMP_INTR) != 0) answer.is_consistent = false;
    const bool is_last = message->type == NLMSG_ERROR || message->type == NLMSG_DONE;
    if (is_last) {
      if (const int error = error_in(message->body)) throw SystemError{error, "ask netlink"};
    } else {
      const Bytes whole = from.first(from.size() - rest.size());
      answer.messages.insert(answer.messages.end(), whole.begin(), whole.end());
    }
    answer.is_complete |= is_last || (message->flags & NLM_F_MULTI) == 0;
  }
}

}  // namespace weir::sys
