// fork, socketpair and exec behind FileHook.
#include "file_hook.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>

#include "user.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

/// Waits out EINTR. Whether the process ended with 0.
bool wait_for(pid_t process) noexcept {
  int status = -1;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

/// No command runs with more rights than that.
bool has_become(const savefile::FileOwner& user) noexcept {
  try {
    become(user, 0);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Standard input may be the capture that is being read.
void read_from_nowhere() noexcept {
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || nothing == STDIN_FILENO) return;
  ::dup2(nothing, STDIN_FILENO);
  ::close(nothing);
}

[[noreturn]] void run_command(const std::string& command, const std::string& path) {
  // The name is an argument, never part of the text: no character in it means anything to the
  // shell.
  const std::string text = command + " \"$1\"";
  ::execl("/bin/sh", "sh", "-c", text.c_str(), "sh", path.c_str(), nullptr);
  ::_exit(127);
}

/// The process: until nothing more comes over the socket. Answers with how many commands failed.
[[noreturn]] void serve(int socket, const std::string& command) {
  // Ctrl-C ends the capture; this file and the last ones are still to be handled.
  ::setpgid(0, 0);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  read_from_nowhere();
  std::string path(PATH_MAX, '\0');
  std::uint64_t failed = 0;
  for (;;) {
    const ssize_t size = ::recv(socket, path.data(), path.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) {
      ::send(socket, &failed, sizeof failed, MSG_NOSIGNAL);
      ::_exit(0);
    }
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGINT, SIG_DFL);
      std::signal(SIGTERM, SIG_DFL);
      std::signal(SIGPIPE, SIG_DFL);
      run_command(command, path.substr(0, static_cast<std::size_t>(size)));
    }
    if (child < 0 || !wait_for(child)) ++failed;
  }
}

}  // namespace

FileHook::FileHook(const std::string& command, WhenBehind when_behind,
                   const std::optional<savefile::FileOwner>& user)
    : when_behind_{when_behind} {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError{errno, "socketpair for --on-file"};
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    if (user && !has_become(*user)) ::_exit(1);
    serve(ends[1], command);
  }
  const int problem = errno;
  ::close(ends[1]);
  socket_ = ends[0];
  if (process_ > 0) return;
  ::close(socket_);
  throw SystemError{problem, "fork for --on-file"};
}

std::uint64_t FileHook::finish() noexcept {
  if (socket_ < 0) return failed_;
  ::shutdown(socket_, SHUT_WR);
  while (::recv(socket_, &failed_, sizeof failed_, 0) < 0 && errno == EINTR) {
  }
  ::close(socket_);
  socket_ = -1;
  wait_for(process_);
  return failed_;
}

void FileHook::run(const std::string& path) noexcept {
  const int flags = MSG_NOSIGNAL | (when_behind_ == WhenBehind::wait ? 0 : MSG_DONTWAIT);
  ssize_t sent = -1;
  do {
    sent = ::send(socket_, path.data(), path.size(), flags);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) ++left_out_;
}

}  // namespace weir::cli
