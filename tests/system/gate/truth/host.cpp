// Processes in namespaces of their own.
#include "system/gate/truth/host.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "sys/file_descriptor.h"
#include "system/network_namespace.h"

namespace weir::test {
namespace {

void enter(const std::string& path) {
  const sys::FileDescriptor space{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!space.is_open() || ::setns(space.number(), CLONE_NEWNET) != 0) {
    throw std::runtime_error{"cannot enter " + path};
  }
}

/// Of a child that has just been forked: ends with the thread that made it.
void end_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

void end(pid_t process) {
  if (process <= 0) return;
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
}

}  // namespace

Host::Host() {
  int ready[2] = {-1, -1};
  if (::pipe2(ready, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
  keeper_ = ::fork();
  if (keeper_ == 0) {
    end_with_parent();
    const bool made = ::unshare(CLONE_NEWNET) == 0;
    static_cast<void>(!::write(ready[1], made ? "y" : "n", 1));
    ::close_range(0, ~0U, 0);
    for (;;) ::pause();
  }
  ::close(ready[1]);
  char answer = 'n';
  static_cast<void>(!::read(ready[0], &answer, 1));
  ::close(ready[0]);
  if (answer != 'y') throw std::runtime_error{"no network namespace"};
}

Host::~Host() { end(keeper_); }

void Host::inside(const std::function<void()>& call) const {
  const sys::FileDescriptor here{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
  enter("/proc/" + process() + "/ns/net");
  const auto back = [&] { static_cast<void>(::setns(here.number(), CLONE_NEWNET)); };
  try {
    call();
  } catch (...) {
    back();
    throw;
  }
  back();
}

void Host::run(const std::string& command) const {
  inside([&] { test::run(command); });
}

std::string Host::output_of(const std::string& command) const {
  std::string text;
  inside([&] { text = test::output_of(command); });
  return text;
}

Program::Program(const std::string& command) { start(command); }

Program::Program(const Host& host, const std::string& command) {
  host.inside([&] { start(command); });
}

Program::~Program() { end(process_); }

void Program::start(const std::string& command) {
  const std::string line = "exec " + command;
  process_ = ::fork();
  if (process_ != 0) return;
  end_with_parent();
  ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
  ::_exit(127);
}

void wait_for_listener(const std::string& protocol, int port) {
  run("for i in $(seq 300); do ss -Hln" + protocol + " 'sport = :" + std::to_string(port) +
      "' | grep -q . && exit 0; sleep .01; done; exit 1");
}

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

}  // namespace weir::test
