// inotify, and looking once a second, behind FileGrowth.
#include "sys/file_growth.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace weir::sys {
namespace {

constexpr int look_again = 1000;  // milliseconds

FileDescriptor watch(const FileDescriptor& file) noexcept {
  FileDescriptor notices{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!notices.is_open()) return notices;
  // By descriptor, so that it is the file being read even if its name has gone to another.
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", file.number());
  if (::inotify_add_watch(notices.number(), path.data(), IN_MODIFY) < 0) notices.close();
  return notices;
}

void drain(const FileDescriptor& notices) noexcept {
  alignas(inotify_event) std::array<char, 4096> events;
  while (::read(notices.number(), events.data(), events.size()) > 0) {
  }
}

}  // namespace

FileGrowth::FileGrowth(const FileDescriptor& file) noexcept : file_{file}, notices_{watch(file)} {}

Growth FileGrowth::wait(const WakeUp& wake_up, int milliseconds) noexcept {
  const bool looks_first = milliseconds < 0 || milliseconds > look_again;
  // poll() passes over a negative descriptor.
  pollfd waited[] = {{notices_.number(), POLLIN, 0}, {wake_up.descriptor().number(), POLLIN, 0}};
  const int ready = ::poll(waited, 2, looks_first ? look_again : milliseconds);
  if (ready < 0) return errno == EINTR ? Growth::interrupted : Growth::possible;
  if (waited[1].revents != 0) return Growth::woken;
  if (ready == 0) return looks_first ? Growth::possible : Growth::timeout;
  drain(notices_);
  return Growth::possible;
}

std::optional<std::uint64_t> FileGrowth::cut_to() const noexcept {
  struct stat status{};
  if (::fstat(file_.number(), &status) != 0) return std::nullopt;
  if (status.st_size >= ::lseek(file_.number(), 0, SEEK_CUR)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace weir::sys
