// Lines of standard input as confirmations.
#include "cli/gate/confirmation.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::cli {

void Confirmation::begin(std::vector<gate::Rule> rules) {
  asked_ = std::move(rules);
  deadline_ = Clock::now() + patience_;
}

int Confirmation::descriptor() const noexcept { return deadline_ && !is_over_ ? STDIN_FILENO : -1; }

bool Confirmation::read() {
  char block[256];
  const ssize_t size = ::read(STDIN_FILENO, block, sizeof block);
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  is_over_ = size <= 0;
  if (is_over_ || std::find(block, block + size, '\n') == block + size) return false;
  confirmed_ = std::move(asked_);
  deadline_.reset();
  return true;
}

std::optional<std::vector<gate::Rule>> Confirmation::roll_back() {
  deadline_.reset();
  return confirmed_;
}

}  // namespace weir::cli
