// fork, socketpair and descriptors sent over it behind Broker.
#include "weir/sandbox/broker.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "sys/output_file.h"
#include "weir/error.h"

namespace weir::sandbox {

struct Broker::Request {
  std::uint32_t number;
  Wish wish;
  std::uint32_t value;
};

/// With a descriptor, unless it failed.
struct Broker::Reply {
  std::uint32_t number;
  ErrorCode code;
  std::int32_t error;
  /// What was tried, up to the path: "create ".
  std::array<char, 16> verb;
};

namespace {

using Control = std::array<char, CMSG_SPACE(sizeof(int))>;

int listening = -1;

/// Whatever the broker waits for, nobody wants it once the other process is gone.
extern "C" void on_news(int) {
  const int error = errno;
  pollfd socket{.fd = listening, .events = 0, .revents = 0};
  if (::poll(&socket, 1, 0) > 0 && (socket.revents & POLLHUP) != 0) ::_exit(0);
  errno = error;
}

/// A stop signal is for the process that parses; news of the socket interrupt what is done.
void mind_signals(int socket) noexcept {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE}) {
    std::signal(number, SIG_IGN);
  }
  listening = socket;
  struct sigaction action{};
  action.sa_handler = on_news;
  ::sigaction(SIGIO, &action, nullptr);
  ::fcntl(socket, F_SETOWN, ::getpid());
  ::fcntl(socket, F_SETFL, O_ASYNC);
}

/// Enough to open what the process it was forked from could open, and to hand a file over.
void give_up_rights() {
  keep_only(only(CAP_DAC_OVERRIDE) | only(CAP_DAC_READ_SEARCH) | only(CAP_CHOWN));
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

sys::FileDescriptor written_down(const std::string& text) {
  sys::FileDescriptor memory{::memfd_create("answer", MFD_CLOEXEC)};
  if (!memory.is_open()) throw SystemError{errno, "memfd_create"};
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const sys::Written written = sys::write_all(memory, {bytes, text.size()});
  if (written.error != 0) throw SystemError{written.error, "write an answer"};
  return memory;
}

sys::FileDescriptor opened_output(const std::optional<BrokerRules::Output>& output) {
  if (!output) throw SystemError{EACCES, "open"};
  std::optional<sys::Owner> owner;
  if (output->owner) owner = {output->owner->user, output->owner->group};
  return sys::open_for_writing(output->path, owner);
}

/// Whether the next request is there, or nobody is left to ask.
bool has_news(int socket) noexcept {
  pollfd waited{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 0) > 0;
}

/// Sends the message, with a descriptor where there is one. Whether somebody took it.
bool send(int socket, iovec content, int descriptor) noexcept {
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

/// The descriptor that came with a message; not open if there was none.
sys::FileDescriptor taken_from(const msghdr& message) noexcept {
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return sys::FileDescriptor{descriptor};
}

}  // namespace

Broker::Broker(BrokerRules rules) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError{errno, "socketpair for a broker"};
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    serve(ends[1], rules);
  }
  const int problem = errno;
  ::close(ends[1]);
  socket_ = ends[0];
  if (process_ < 0) {
    ::close(socket_);
    throw SystemError{problem, "fork for a broker"};
  }
  std::uint32_t place = 0;
  for (std::string& path : rules.readable) readable_.emplace(std::move(path), place++);
  if (rules.output) output_ = std::move(rules.output->path);
}

Broker::~Broker() {
  ::close(socket_);
  // One that is busy with what nobody waits for ends by itself, and is not waited for either.
  if (is_waiting_) return;
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// Not open where it fails; the reply says why.
sys::FileDescriptor Broker::attempt(const Request& request, const BrokerRules& rules,
                                    Reply& reply) noexcept {
  try {
    if (request.wish == Wish::answer && rules.answer) {
      return written_down(rules.answer(request.value));
    }
    if (request.wish == Wish::writing) return opened_output(rules.output);
    if (request.wish == Wish::reading && request.value < rules.readable.size()) {
      return sys::open_for_reading(rules.readable[request.value]);
    }
  } catch (const SystemError& error) {
    reply.code = error.code();
    reply.error = error.system_code().value();
    ::memccpy(reply.verb.data(), error.what(), ' ', reply.verb.size() - 1);
  } catch (const std::exception&) {
    reply.error = ENOMEM;
  }
  return {};
}

// The process: one request after another, until nobody is left to ask.
void Broker::serve(int socket, const BrokerRules& rules) {
  try {
    mind_signals(socket);
    give_up_rights();
  } catch (const Error&) {
    ::_exit(1);
  }
  for (;;) {
    Request request{};
    const ssize_t size = ::recv(socket, &request, sizeof request, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size != sizeof request) ::_exit(0);
    Reply reply{
        .number = request.number, .code = ErrorCode::system_call, .error = EACCES, .verb = {}};
    sys::FileDescriptor result;
    do {
      result = attempt(request, rules, reply);
      // What came may have been the news of this very request.
    } while (!result.is_open() && reply.error == EINTR && !has_news(socket));
    if (result.is_open()) reply.error = 0;
    if (!send(socket, {&reply, sizeof reply}, result.number())) ::_exit(0);
  }
}

int Broker::request(Wish wish, std::uint32_t value, const std::string& object) {
  Request request{.number = ++asked_, .wish = wish, .value = value};
  if (!send(socket_, {&request, sizeof request}, -1)) throw SystemError{errno, "open " + object};
  for (;;) {
    Reply reply{};
    iovec content{&reply, sizeof reply};
    alignas(cmsghdr) Control control{};
    msghdr message{};
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
    is_waiting_ = size < 0;
    if (size < 0) throw SystemError{errno, "open " + object};
    if (size != sizeof reply) throw SystemError{ECONNRESET, "open " + object};
    sys::FileDescriptor result = taken_from(message);
    if (reply.number != asked_) continue;  // of a request that a signal ended
    if (result.is_open()) return result.release();
    // There was no room for it here.
    if (reply.error == 0) throw SystemError{EMFILE, "open " + object};
    reply.verb.back() = 0;
    throw SystemError{reply.code, reply.error, reply.verb.data() + object};
  }
}

int Broker::open_for_reading(const std::string& path) {
  const auto known = readable_.find(path);
  if (known == readable_.end()) throw SystemError{EACCES, "open " + path};
  return request(Wish::reading, known->second, path);
}

int Broker::open_for_writing(const std::string& path) {
  if (path != output_) throw SystemError{EACCES, "open " + path};
  return request(Wish::writing, 0, path);
}

std::string Broker::ask(std::uint32_t number) {
  const sys::FileDescriptor memory{request(Wish::answer, number, "what the broker answers")};
  std::string text;
  const off_t size = ::lseek(memory.number(), 0, SEEK_END);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got =
        ::pread(memory.number(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw SystemError{got < 0 ? errno : EIO, "read an answer"};
    done += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace weir::sandbox
