// Descriptor 1: full writes, a reader that goes away, the terminal's width.
#include "standard_output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "exit_code.h"
#include "weir/error.h"

namespace weir::cli {

void write_standard_output(std::string_view block) {
  while (!block.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, block.data(), block.size());
    if (written >= 0) {
      block.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      throw ReaderGone{};
    } else if (errno == EAGAIN) {
      // Whoever shares descriptor 1 may have made it non-blocking.
      pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      ::poll(&output, 1, -1);
    } else if (errno != EINTR) {
      throw SystemError{ErrorCode::output_failed, errno, "write standard output"};
    }
  }
}

bool is_terminal_output() noexcept { return ::isatty(STDOUT_FILENO) == 1; }

int terminal_width() noexcept {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace weir::cli
