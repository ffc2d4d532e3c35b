// fork, socketpair and exec behind FileHook.
#include "cli/output/file_hook.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <iterator>
#include <utility>

#include "cli/output/made_files.h"
#include "cli/sandbox/user.h"
#include "cli/stop_signal.h"
#include "weir/error.h"
#include "weir/sandbox/capabilities.h"

namespace weir::cli {
namespace {

/// What became of one name; sent back for each.
enum class Answer : std::uint8_t { done, failed, refused };

/// Waits out EINTR. Whether the process ended with 0.
bool wait_for(pid_t process) noexcept {
  int status = -1;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

/// No command runs with more rights than that: root without capabilities, if it is root's.
bool has_become(const std::optional<savefile::FileOwner>& user) noexcept {
  try {
    // First, as it takes a capability to take them away from all that follow.
    if (user) {
      sandbox::become(user_of(*user), ~sandbox::Capabilities{0});
    }
    sandbox::keep_only(0);
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

/// Ctrl-C ends the capture; this file and the last ones are still to be handled.
void outlive_signals() noexcept {
  ::setpgid(0, 0);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
}

/// Until the child ends. Where the caller is gone before, nobody wants the commands any more: ends
/// the child, all it has started, and this process. A signal at the parent's death would not do: a
/// caller that has given up its rights cannot send it.
void wait_beside(int socket, pid_t child) noexcept {
  const auto ended = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  pollfd either[] = {{.fd = socket, .events = 0, .revents = 0},
                     {.fd = ended, .events = POLLIN, .revents = 0}};
  while (ended >= 0 && either[1].revents == 0) {
    // A caller that only has no more names hangs up one half.
    if (::poll(either, std::size(either), -1) > 0 && either[0].revents != 0) {
      ::kill(0, SIGTERM);
      ::_exit(1);
    }
  }
  if (ended >= 0) ::close(ended);
}

bool succeeds(int socket, const std::string& command, const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGPIPE, SIG_DFL);
    run_command(command, path);
  }
  if (child < 0) return false;
  wait_beside(socket, child);
  return wait_for(child);
}

/// The process: until nothing more comes over the socket, or nobody takes the answer, a byte for
/// each name.
[[noreturn]] void serve(int socket, const std::string& command, const MadeFiles& files) {
  read_from_nowhere();
  std::string name(PATH_MAX, '\0');
  for (;;) {
    const ssize_t size = ::recv(socket, name.data(), name.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) ::_exit(0);
    const auto path =
        files.path_of(std::string_view{name}.substr(0, static_cast<std::size_t>(size)));
    Answer answer = Answer::refused;
    if (path) answer = succeeds(socket, command, *path) ? Answer::done : Answer::failed;
    while (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) < 0) {
      if (errno != EINTR) ::_exit(1);
    }
  }
}

/// Whether a name was not taken for want of room only.
bool is_behind(int error) noexcept {
  return error == EAGAIN || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

FileHook::FileHook(const std::string& command, const std::string& series, WhenBehind when_behind,
                   OnWait on_wait, const std::optional<savefile::FileOwner>& user)
    : when_behind_{when_behind}, on_wait_{std::move(on_wait)} {
  const MadeFiles files{series};
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError{errno, "socketpair for --on-file"};
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    if (!has_become(user)) ::_exit(1);
    outlive_signals();
    serve(ends[1], command, files);
  }
  const int problem = errno;
  ::close(ends[1]);
  socket_ = ends[0];
  if (process_ > 0) return;
  ::close(socket_);
  throw SystemError{problem, "fork for --on-file"};
}

void FileHook::run(const std::string& path) {
  while (take_answer(MSG_DONTWAIT)) {
  }
  int problem = hand_over(path);
  while (is_behind(problem) && when_behind_ != WhenBehind::leave_out && due_ != 0 && !is_gone_) {
    wait_until_due(due_ - 1);
    problem = hand_over(path);
  }
  if (problem == 0) {
    ++due_;
  } else {
    ++(is_behind(problem) ? counts_.left_out : counts_.lost);
  }
  if (when_behind_ == WhenBehind::wait_for_each) wait_until_due(0);
}

HookCounts FileHook::finish() {
  if (socket_ < 0) return counts_;
  is_ending_ = true;
  ::shutdown(socket_, SHUT_WR);
  wait_until_due(0);
  ::close(socket_);
  socket_ = -1;
  wait_for(process_);
  counts_.lost += due_;
  return counts_;
}

int FileHook::hand_over(const std::string& name) const noexcept {
  ssize_t sent = -1;
  do {
    sent = ::send(socket_, name.data(), name.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

void FileHook::wait_until_due(std::uint64_t most) {
  const Clock::time_point told_at = Clock::now() + std::chrono::seconds{1};
  while (due_ > most && !is_gone_) {
    if (has_answer_before(told_at)) {
      take_answer(0);
    } else if (Clock::now() >= told_at && (is_ending_ || stop_requested()) && on_wait_) {
      std::exchange(on_wait_, {})(due_);
    }
  }
}

bool FileHook::has_answer_before(Clock::time_point time) const noexcept {
  using std::chrono::milliseconds;
  // A signal that comes just before is seen no later than that.
  constexpr milliseconds longest{200};
  const auto left = std::chrono::ceil<milliseconds>(time - Clock::now());
  const milliseconds timeout = left.count() <= 0 ? longest : std::min(left, longest);
  pollfd answer{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&answer, 1, static_cast<int>(timeout.count())) > 0;
}

bool FileHook::take_answer(int flags) noexcept {
  Answer answer{};
  const ssize_t size = ::recv(socket_, &answer, sizeof answer, flags);
  if (size > 0) {
    --due_;
    counts_.failed += answer == Answer::failed ? 1 : 0;
    counts_.refused += answer == Answer::refused ? 1 : 0;
    return true;
  }
  // After ECONNRESET come the answers that are still there, then the end.
  is_gone_ = size == 0 || (errno != EINTR && errno != EAGAIN && errno != ECONNRESET);
  return false;
}

}  // namespace weir::cli
