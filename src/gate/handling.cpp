// Calls that tell, and what is known of the thread that is called.
#include "gate/handling.h"

#include <ctime>
#include <exception>

namespace weir::gate {
namespace {

thread_local int depth = 0;

}  // namespace

void Handling::report(GateError::Where where, const std::string& message) noexcept {
  if (!handlers.on_error) return;
  const std::lock_guard lock{telling};
  const InHandler here;
  try {
    handlers.on_error({where, message});
  } catch (...) {
    // There is nobody else to be told.
  }
}

void Handling::tell_adapter(const std::string& adapter, bool came) noexcept {
  if (!handlers.on_adapter) return;
  std::string failure;
  try {
    const std::lock_guard lock{telling};
    const InHandler here;
    handlers.on_adapter(adapter, came);
    return;
  } catch (...) {
    failure = "adapter handler: " + thrown_words();
  }
  report(GateError::Where::handler, failure);
}

std::uint64_t monotonic_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::string thrown_words() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

bool is_in_handler() noexcept { return depth > 0; }
InHandler::InHandler() noexcept { ++depth; }
InHandler::~InHandler() { --depth; }

}  // namespace weir::gate
