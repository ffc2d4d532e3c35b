// Calls the hooks.
#include "gate/worker_hooks.h"

namespace weir::gate {

bool WorkerHooks::start() const noexcept {
  if (!options_.on_start) return true;
  try {
    const InOnStart here{handling_.handlers};
    if (options_.on_start()) return true;
    handling_.report(GateError::Where::worker, "worker: not used, as its on_start said");
  } catch (...) {
    handling_.report(GateError::Where::worker, "worker: not used: on_start: " + thrown_words());
  }
  return false;
}

void WorkerHooks::end() const noexcept {
  if (!options_.on_end) return;
  try {
    const InHandler here;
    options_.on_end();
  } catch (...) {
    handling_.report(GateError::Where::worker, "worker: on_end: " + thrown_words());
  }
}

std::shared_ptr<void> WorkerHooks::around_batch() const noexcept {
  if (!options_.around_batch) return nullptr;
  try {
    const InHandler here;
    return options_.around_batch();
  } catch (...) {
    handling_.report(GateError::Where::worker, "worker: around_batch: " + thrown_words());
    return nullptr;
  }
}

}  // namespace weir::gate
