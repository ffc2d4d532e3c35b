// Moves the cursor up and writes anew.
#include "cli/gate/live_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace weir::cli {
namespace {

winsize size_of_terminal() noexcept {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    size.ws_col = 80;
    size.ws_row = 24;
  }
  return size;
}

}  // namespace

LiveTable::LiveTable() : is_shown_{::isatty(STDERR_FILENO) == 1} {}

std::size_t LiveTable::width() const noexcept { return size_of_terminal().ws_col; }

void LiveTable::show(const std::string& lines) {
  if (!is_shown_) return;
  clear();
  // The last line stays free: the cursor is there.
  const std::size_t room = std::max<std::size_t>(size_of_terminal().ws_row, 2) - 1;
  std::size_t end = 0;
  for (drawn_ = 0; drawn_ < room && end < lines.size(); ++drawn_) end = lines.find('\n', end) + 1;
  std::fputs(lines.substr(0, end).c_str(), stderr);
  std::fflush(stderr);
}

void LiveTable::clear() {
  if (drawn_ == 0) return;
  // To the beginning of the first line, and all below goes.
  std::fprintf(stderr, "\r\033[%zuA\033[J", drawn_);
  std::fflush(stderr);
  drawn_ = 0;
}

}  // namespace weir::cli
