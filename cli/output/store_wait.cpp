// Waits for flow databases.
#include "cli/output/store_wait.h"

#include <thread>

#include "cli/note.h"
#include "cli/stop_signal.h"

namespace weir::cli {
namespace {

constexpr std::chrono::seconds worth_telling{2};
constexpr std::chrono::seconds patience_if_busy{15};
constexpr std::chrono::seconds patience_if_full{5};
constexpr std::chrono::milliseconds pause{50};

}  // namespace

const char* words(stores::Obstacle obstacle) noexcept {
  switch (obstacle) {
    case stores::Obstacle::busy:
      return "in use by another process";
    case stores::Obstacle::full:
      return "no space left on its disk";
    default:
      return "";
  }
}

void StoreWait::note(stores::Obstacle obstacle) {
  const Clock::time_point now = Clock::now();
  if (obstacle != obstacle_) {
    if (obstacle == stores::Obstacle::none && is_told_) {
      tell({.kind = "database_goes_on", .message = name_ + ": is written again", .file = name_},
           errors_);
    }
    obstacle_ = obstacle;
    since_ = now;
    is_told_ = false;
  }
  if (obstacle == stores::Obstacle::none || is_told_ || now - since_ < worth_telling) return;
  is_told_ = true;
  tell({.kind = "database_waits",
        .message = name_ + ": " + words(obstacle) + "; flows wait",
        .file = name_},
       errors_);
}

bool StoreWait::wait(stores::Obstacle obstacle) {
  note(obstacle);
  const bool is_full = obstacle == stores::Obstacle::full;
  if (stop_requested() || (is_full && !has_input_)) {
    const Clock::time_point now = Clock::now();
    if (!hurries_since_) hurries_since_ = now;
    if (now - *hurries_since_ > (is_full ? patience_if_full : patience_if_busy)) return false;
  }
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace weir::cli
