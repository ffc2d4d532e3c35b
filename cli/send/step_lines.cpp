// Byte by byte, so that no line but the one that is waited for is taken.
#include "cli/send/step_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "cli/stop_signal.h"
#include "weir/error.h"

namespace weir::cli {

StepLines::StepLines(bool of_terminal) : from_{STDIN_FILENO} {
  if (!of_terminal) return;
  from_ = ::open("/dev/tty", O_RDONLY | O_CLOEXEC);
  if (from_ < 0) throw SystemError{errno, "--step: open the terminal"};
}

StepLines::~StepLines() {
  if (from_ != STDIN_FILENO) ::close(from_);
}

bool StepLines::take() noexcept {
  for (char c = 0; c != '\n';) {
    const ssize_t size = ::read(from_, &c, 1);
    if (size == 0 || (size < 0 && (errno != EINTR || stop_requested()))) return false;
  }
  return true;
}

}  // namespace weir::cli
