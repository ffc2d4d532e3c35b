// How a NetFilter calls its handlers: what they throw, and what is forbidden within them.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "compat/net_filter/error.h"
#include "compat/net_filter/log.h"
#include "weir/compat/net_filter.h"

namespace weir::compat::net_filter {

/// The code of an error for on_error: 0 for what has none.
[[nodiscard]] int error_code_of(const std::exception& error) noexcept;

/// Calls the handlers of one NetFilter, in whatever thread an event comes. Any thread.
class Events {
 public:
  /// `of` outlives it.
  explicit Events(NetFilter& of) noexcept : of_{of} {}

  [[nodiscard]] NetFilter& handlers() const noexcept { return of_; }

  /// Calls the handler of an event, if there is one. False if there is none, or it threw: on_error
  /// was told then.
  template <class Params>
  bool tell(const NetFilterEvent<Params>& event, Params& params) const noexcept {
    const auto handler = event.current();
    return handler != nullptr && call(*handler, params);
  }
  template <class Params>
  bool call(const std::function<void(Params&)>& handler, Params& params) const noexcept;

  /// on_error, and the log. What that handler throws is lost: there is nobody else to be told.
  void error(int code, const std::string& description) const noexcept;

  void log(bool is_on) noexcept { log_.set(is_on); }
  [[nodiscard]] Log& log() noexcept { return log_; }

 private:
  NetFilter& of_;
  mutable Log log_{};
};

/// As long as it lives, this thread is within an event.
class WithinEvent {
 public:
  WithinEvent() noexcept;
  WithinEvent(const WithinEvent&) = delete;
  WithinEvent& operator=(const WithinEvent&) = delete;
  ~WithinEvent();
};
[[nodiscard]] bool is_within_event() noexcept;
/// Throws NetFilterError (1131) within an event; `call` names what is forbidden there.
void expect_no_event(const char* call);

template <class Params>
bool Events::call(const std::function<void(Params&)>& handler, Params& params) const noexcept {
  const WithinEvent within;
  try {
    handler(params);
    return true;
  } catch (const std::exception& thrown) {
    error(error_code_of(thrown), thrown.what());
  } catch (...) {
    error(0, "no std::exception");
  }
  return false;
}

}  // namespace weir::compat::net_filter
