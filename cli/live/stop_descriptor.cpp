// An eventfd(2).
#include "cli/live/stop_descriptor.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::cli {

StopDescriptor::StopDescriptor() : number_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (number_ < 0) throw SystemError{errno, "make a descriptor to stop by"};
}

StopDescriptor::~StopDescriptor() { ::close(number_); }

void StopDescriptor::stop() const noexcept { static_cast<void>(::eventfd_write(number_, 1)); }

void StopDescriptor::clear() const noexcept {
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(number_, &count));
}

}  // namespace weir::cli
