// Puts something that is no good for reading or writing where nothing is.
#include "cli/output/standard_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::cli {

void hold_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    // The lowest that is free, which is this one.
    if (::open("/dev/null", O_PATH) < 0) throw SystemError{errno, "open /dev/null"};
  }
}

}  // namespace weir::cli
