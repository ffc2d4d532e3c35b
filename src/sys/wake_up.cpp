// eventfd and poll behind WakeUp.
#include "sys/wake_up.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "weir/error.h"

namespace weir::sys {

WakeUp::WakeUp() : descriptor_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!descriptor_.is_open()) throw SystemError{errno, "eventfd"};
}

void WakeUp::set() const noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_.number(), &one, sizeof one);
  errno = saved;
}

void WakeUp::clear() const noexcept {
  std::uint64_t number = 0;
  [[maybe_unused]] const auto taken = ::read(descriptor_.number(), &number, sizeof number);
}

Readable wait_readable(const FileDescriptor& descriptor, const WakeUp& wake_up,
                       int milliseconds) noexcept {
  pollfd waited[] = {{descriptor.number(), POLLIN, 0}, {wake_up.descriptor().number(), POLLIN, 0}};
  const int ready = ::poll(waited, 2, milliseconds);
  if (ready < 0) return errno == EINTR ? Readable::timeout : Readable::yes;
  if (ready == 0) return Readable::timeout;
  return waited[1].revents != 0 ? Readable::woken : Readable::yes;
}

Readable wait_readable(std::span<const int> descriptors, const WakeUp& wake_up, int milliseconds) {
  std::vector<pollfd> waited{{wake_up.descriptor().number(), POLLIN, 0}};
  for (const int number : descriptors) waited.push_back({number, POLLIN, 0});
  const int ready = ::poll(waited.data(), waited.size(), milliseconds);
  if (ready < 0) return errno == EINTR ? Readable::interrupted : Readable::yes;
  if (ready == 0) return Readable::timeout;
  return waited[0].revents != 0 ? Readable::woken : Readable::yes;
}

Readable wait_woken(const WakeUp& wake_up, int milliseconds) noexcept {
  pollfd waited{wake_up.descriptor().number(), POLLIN, 0};
  const int ready = ::poll(&waited, 1, milliseconds);
  if (ready < 0) return Readable::interrupted;
  return ready == 0 ? Readable::timeout : Readable::woken;
}

void wait(const WakeUp& wake_up, int milliseconds) noexcept {
  static_cast<void>(wait_woken(wake_up, milliseconds));
}

}  // namespace weir::sys
