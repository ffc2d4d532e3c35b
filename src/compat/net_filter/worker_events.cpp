// Told in the context of the worker itself.
#include "compat/net_filter/worker_events.h"

namespace weir::compat::net_filter {
namespace {

thread_local bool is_starting = false;

}  // namespace

bool worker_starts(const Events& events) noexcept {
  const auto handler = events.handlers().on_worker_thread_creation.current();
  if (handler == nullptr) return true;
  NetFilterWorkerThreadCreationEventParams params;
  is_starting = true;
  const bool was_told = events.call(*handler, params);
  is_starting = false;
  if (params.result_code != 0) {
    events.error(params.result_code, "on_worker_thread_creation has set result_code " +
                                         std::to_string(params.result_code) +
                                         ": the thread is not used");
  }
  return was_told && params.result_code == 0;
}

void worker_ends(const Events& events) noexcept {
  const auto handler = events.handlers().on_worker_thread_termination.current();
  if (handler == nullptr) return;
  const WithinEvent within;
  try {
    NetFilterWorkerThreadTerminationEventParams params;
    (*handler)(params);
  } catch (...) {
    // As documented: errors of this event are ignored.
  }
}

bool is_starting_worker() noexcept { return is_starting; }

}  // namespace weir::compat::net_filter
