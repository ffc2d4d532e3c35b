// Errors of handlers, and threads that are within one.
#include "compat/net_filter/events.h"

namespace weir::compat::net_filter {
namespace {

thread_local int events_within = 0;

}  // namespace

int error_code_of(const std::exception& error) noexcept {
  if (const auto* own = dynamic_cast<const NetFilterError*>(&error)) return own->win32_code();
  const auto* const known = dynamic_cast<const Error*>(&error);
  return known == nullptr ? 0 : win32_code_of(*known);
}

void Events::error(int code, const std::string& description) const noexcept {
  log_.write(LogPriority::error, description);
  const auto handler = of_.on_error.current();
  if (handler == nullptr) return;
  const WithinEvent within;
  try {
    NetFilterErrorEventParams params{code, description};
    (*handler)(params);
  } catch (...) {
    log_.write(LogPriority::error, "on_error has thrown");
  }
}

WithinEvent::WithinEvent() noexcept { ++events_within; }
WithinEvent::~WithinEvent() { --events_within; }

bool is_within_event() noexcept { return events_within != 0; }

void expect_no_event(const char* call) {
  if (is_within_event()) {
    refuse(NetFilter::ERROR_POSSIBLE_DEADLOCK,
           std::string{call} + "() is not for handlers of events to call");
  }
}

}  // namespace weir::compat::net_filter
