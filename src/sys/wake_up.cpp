// eventfd and poll behind WakeUp.
#include "sys/wake_up.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

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

Readable wait_readable(const FileDescriptor& descriptor, const WakeUp& wake_up,
                       int milliseconds) noexcept {
  pollfd waited[] = {{descriptor.number(), POLLIN, 0}, {wake_up.descriptor().number(), POLLIN, 0}};
  const int ready = ::poll(waited, 2, milliseconds);
  if (ready < 0) return errno == EINTR ? Readable::timeout : Readable::yes;
  if (ready == 0) return Readable::timeout;
  return waited[1].revents != 0 ? Readable::woken : Readable::yes;
}

void wait(const WakeUp& wake_up, int milliseconds) noexcept {
  pollfd waited{wake_up.descriptor().number(), POLLIN, 0};
  ::poll(&waited, 1, milliseconds);
}

}  // namespace weir::sys
