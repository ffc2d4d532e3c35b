// Draws the progress line.
#include "cli/files/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "weir/printable.h"

namespace weir::cli {
namespace {

/// In place of what the line shows.
void draw(const std::string& text) {
  std::fputs(("\r\033[K" + printable(text)).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(bool is_wanted) : shown_{is_wanted && ::isatty(STDERR_FILENO) == 1} {}

void Progress::start() {
  started_ = Clock::now();
  due_ = started_ + std::chrono::milliseconds{250};
}

void Progress::begin(const std::string& path, std::uint64_t size) {
  path_ = path;
  size_ = size;
  file_started_ = Clock::now();
}

void Progress::update(std::uint64_t bytes, std::uint64_t packets) {
  if (!shown_) return;
  const auto now = Clock::now();
  if (now < due_) return;
  due_ = now + std::chrono::milliseconds{250};
  const double total = std::chrono::duration<double>(now - started_).count();
  const double here = std::chrono::duration<double>(now - file_started_).count();
  auto line = fmt::format("{}: {} packets, {:.2f} M/s", path_, packets,
                          static_cast<double>(packets) / 1e6 / total);
  if (size_ != 0 && bytes != 0 && bytes <= size_) {
    const double share = static_cast<double>(bytes) / static_cast<double>(size_);
    line += fmt::format(", {:.0f} %, {:.0f} s left", share * 100, here / share - here);
  }
  draw(line);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  draw({});
  drawn_ = false;
}

std::chrono::duration<double> Progress::elapsed() const { return Clock::now() - started_; }

}  // namespace weir::cli
