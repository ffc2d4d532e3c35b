// sigaction, /proc/self/oom_score_adj and PR_SET_DUMPABLE behind Protection.
#include "weir/sandbox/protection.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <new>
#include <string_view>

#include "sys/file_descriptor.h"

namespace weir::sandbox {
namespace {

/// Those that end a process and are sent to do so by users, terminals and service managers.
class IgnoredSignals {
 public:
  void ignore() noexcept {
    struct sigaction ignoring{};
    ignoring.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      ::sigaction(numbers[i], &ignoring, &before_[i]);
  }

  void put_back() noexcept {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      struct sigaction now{};
      ::sigaction(numbers[i], nullptr, &now);
      if (now.sa_handler == SIG_IGN) ::sigaction(numbers[i], &before_[i], nullptr);
    }
  }

 private:
  static constexpr std::array numbers = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
  std::array<struct sigaction, numbers.size()> before_{};
};

/// /proc/self/oom_score_adj, open all the while: a process that may not be dumped does not own it.
class OomScore {
 public:
  /// Whether the kernel lets it.
  bool lower() noexcept {
    file_ = sys::FileDescriptor{::open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC)};
    const auto size = ::pread(file_.number(), before_.data(), before_.size(), 0);
    size_ = size > 0 ? static_cast<std::size_t>(size) : 0;
    return size_ > 0 && write("-1000");
  }

  void put_back() noexcept {
    write({before_.data(), size_});
    file_.close();
  }

 private:
  bool write(std::string_view number) noexcept {
    const auto size = ::pwrite(file_.number(), number.data(), number.size(), 0);
    return size == static_cast<ssize_t>(number.size());
  }

  sys::FileDescriptor file_{};
  std::array<char, 16> before_{};
  std::size_t size_ = 0;
};

class Dumpable {
 public:
  void forbid() noexcept {
    // 2 (see suid_dumpable in proc(5)) keeps others off as 0 does, and could not be put back.
    was_allowed_ = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    if (was_allowed_) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  }

  void put_back() const noexcept {
    if (was_allowed_) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  }

 private:
  bool was_allowed_ = false;
};

/// What a process has one of, for ever: the last Protection may go as the program ends.
struct Process {
  std::mutex mutex{};
  int protections = 0;
  bool is_last = false;
  IgnoredSignals signals{};
  OomScore oom_score{};
  Dumpable dumpable{};
};

Process& process() noexcept {
  alignas(Process) static std::array<std::byte, sizeof(Process)> memory;
  static Process& one = *::new (memory.data()) Process;
  return one;
}

}  // namespace

Protection::Protection() noexcept {
  Process& shared = process();
  const std::scoped_lock lock{shared.mutex};
  if (shared.protections++ == 0) {
    shared.signals.ignore();
    shared.is_last = shared.oom_score.lower();
    shared.dumpable.forbid();
  }
  is_last_ = shared.is_last;
}

Protection::~Protection() {
  Process& shared = process();
  const std::scoped_lock lock{shared.mutex};
  if (--shared.protections != 0) return;
  shared.dumpable.put_back();
  shared.oom_score.put_back();
  shared.signals.put_back();
}

}  // namespace weir::sandbox
