// Descriptor 1: full writes, a reader that goes away, the terminal's width.
#include "cli/output/standard_output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cli/exit_code.h"
#include "cli/stop_signal.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

NotPrinted left_out;

void leave_out(std::string_view rest) noexcept {
  left_out.lines += static_cast<std::uint64_t>(std::ranges::count(rest, '\n'));
  left_out.bytes += rest.size();
}

}  // namespace

void write_standard_output(std::string_view block) {
  // Nothing follows a line that was cut.
  if (left_out.bytes != 0) return leave_out(block);
  while (!block.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, block.data(), block.size());
    if (written >= 0) {
      block.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      throw ReaderGone{};
    } else if (errno != EINTR && errno != EAGAIN) {
      throw SystemError{ErrorCode::output_failed, errno, "write standard output"};
    } else if (stop_is_overdue()) {
      return leave_out(block);
    } else if (errno == EAGAIN) {
      // Whoever shares descriptor 1 may have made it non-blocking.
      pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      ::poll(&output, 1, -1);
    }
  }
}

NotPrinted not_printed() noexcept { return left_out; }

bool is_terminal_output() noexcept { return ::isatty(STDOUT_FILENO) == 1; }

int terminal_width() noexcept {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace weir::cli
