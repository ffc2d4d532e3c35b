// The signal handlers of the command.
#include "stop_signal.h"

#include <atomic>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<PacketSource*> current_source{nullptr};
std::atomic<bool> stopping{false};

extern "C" void on_stop_signal(int number) {
  if (stopping.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  if (PacketSource* source = current_source.load()) source->stop();
}

}  // namespace

void handle_stop_signals() noexcept {
  struct sigaction action{};
  action.sa_handler = on_stop_signal;  // no SA_RESTART: a blocked read must return
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that is gone and a file that may not grow are errors of write(2).
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool stop_requested() noexcept { return stopping.load(); }

StopOnSignal::StopOnSignal(PacketSource& source) noexcept {
  current_source.store(&source);
  if (stopping.load()) source.stop();
}

StopOnSignal::~StopOnSignal() { current_source.store(nullptr); }

}  // namespace weir::cli
