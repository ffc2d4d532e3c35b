// fork, and what the new process gives up before it serves.
#include "weir/gate/broker.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "gate/rights/kept_rights.h"
#include "gate/rights/rights_keeper.h"
#include "weir/error.h"
#include "weir/sandbox/capabilities.h"

namespace weir::gate {
namespace {

using sandbox::only;

// Of the process that keeps the rights, which has one of each.
pid_t owner = -1;
int listening = -1;

/// The kernel sends it when the thread that has forked us ends; of interest is the process alone,
/// and other threads of it are our parents then.
extern "C" void on_death(int) {
  const int error = errno;
  if (::getppid() != owner) ::shutdown(listening, SHUT_RDWR);
  errno = error;
}

/// Stop signals are for the gate.
void mind_signals() noexcept {
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGTSTP}) {
    std::signal(number, SIG_IGN);
  }
  struct sigaction action{};
  action.sa_handler = on_death;
  ::sigaction(SIGIO, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// None of the gate's is open here; 0 to 2 stay taken.
void close_all_but(int kept) noexcept {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int number = 0; number <= 2; ++number) {
    if (number != kept) ::dup2(nothing, number);
  }
  if (kept > 3) ::close_range(3, static_cast<unsigned>(kept) - 1, 0);
  ::close_range(static_cast<unsigned>(kept > 2 ? kept + 1 : 3), ~0U, 0);
}

// CAP_PERFMON: without it the kernel loads programs, but with barriers against speculation that
// make them several times as slow.
void give_up_rights() {
  sandbox::keep_only(only(CAP_NET_ADMIN) | only(CAP_NET_RAW) | only(CAP_BPF) | only(CAP_PERFMON));
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

[[noreturn]] void keep_rights(int socket) noexcept {
  try {
    ::prctl(PR_SET_NAME, "weir-broker");
    listening = socket;
    mind_signals();
    close_all_but(socket);
    give_up_rights();
    // Other credentials would make it forgotten.
    ::prctl(PR_SET_PDEATHSIG, SIGIO);
    if (::getppid() != owner) ::_exit(0);
    Channel channel{sys::FileDescriptor{socket}};
    RightsKeeper keeper{channel};
    keeper.serve();
    // Filters of clsact, which pass everything then, stay for the next gate: while a queueing
    // discipline goes the kernel drops what leaves.
    ::_exit(0);
  } catch (const std::exception&) {
    ::_exit(1);
  }
}

}  // namespace

Broker::Broker() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError{errno, "socketpair for a broker"};
  }
  const pid_t self = ::getpid();
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    owner = self;
    keep_rights(ends[1]);
  }
  const int problem = errno;
  ::close(ends[1]);
  sys::FileDescriptor socket{ends[0]};
  if (process_ < 0) throw SystemError{problem, "fork for a broker"};
  rights_ = std::make_shared<KeptRights>(Channel{std::move(socket)});
}

Broker::~Broker() {
  // Packets that are held beyond the gate's end need no rights.
  rights_->end();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace weir::gate
