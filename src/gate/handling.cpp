// Calls that tell, and what is known of the thread that is called.
#include "gate/handling.h"

#include <ctime>
#include <exception>

namespace weir::gate {
namespace {

thread_local int depth = 0;
/// Those of the gate whose on_start this thread is in.
thread_local const Handlers* begins_for = nullptr;

}  // namespace

void Handling::show(const Packet& packet, const std::string& rule) noexcept {
  ++notices;
  if (!handlers.on_notified) return;
  try {
    const InHandler here;
    handlers.on_notified(packet, rule);
  } catch (...) {
    report(GateError::Where::handler, "notify handler: " + thrown_words());
  }
}

void Handling::report(GateError::Where where, const std::string& message) noexcept {
  teller.error({.where = where, .message = message, .exception = std::current_exception()});
}

void Handling::tell_adapter(const std::string& adapter, bool came) noexcept {
  teller.adapter(adapter, came);
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

bool is_in_on_start(const Handlers& handlers) noexcept { return begins_for == &handlers; }
InOnStart::InOnStart(const Handlers& handlers) noexcept { begins_for = &handlers; }
InOnStart::~InOnStart() { begins_for = nullptr; }

}  // namespace weir::gate
