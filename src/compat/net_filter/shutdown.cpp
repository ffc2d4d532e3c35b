// Which calls of logind's end the system: made once, to be worded and to be sent.
#include "compat/net_filter/shutdown.h"

#include <algorithm>
#include <exception>

#include "compat/net_filter/logind/logind.h"
#include "weir/printable.h"

namespace weir::compat::net_filter {
namespace {

/// SD_LOGIND_SKIP_INHIBITORS of org.freedesktop.login1(5).
constexpr std::uint64_t skip_inhibitors = 1U << 4;

std::uint64_t microseconds(Time time) noexcept {
  using std::chrono::microseconds;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count());
}

std::vector<LogindCall> calls_of(const Shutdown& shutdown, Time now) {
  if (!shutdown.prompt.empty()) {
    const std::string kind = shutdown.reboot ? "reboot" : "poweroff";
    const auto timeout = std::max(shutdown.timeout, std::chrono::seconds{0});
    return {{.method = "SetWallMessage", .arguments = {shutdown.prompt, true}},
            {.method = "ScheduleShutdown", .arguments = {kind, microseconds(now + timeout)}}};
  }
  constexpr bool asks_the_user = false;
  LogindCall plain{.method = shutdown.reboot ? "Reboot" : "PowerOff", .arguments = {asks_the_user}};
  if (!shutdown.force_close_apps) return {plain};
  plain.is_fallback = true;
  return {{.method = shutdown.reboot ? "RebootWithFlags" : "PowerOffWithFlags",
           .arguments = {skip_inhibitors}},
          plain};
}

std::string worded(bool flag) { return flag ? "true" : "false"; }
std::string worded(std::uint64_t number) { return std::to_string(number); }
std::string worded(const std::string& text) { return '"' + printable(text) + '"'; }

std::string worded(const LogindCall& call) {
  std::string words = std::string{"org.freedesktop.login1.Manager."} + call.method + '(';
  const char* between = "";
  for (const auto& argument : call.arguments) {
    words += between;
    words += std::visit([](const auto& value) { return worded(value); }, argument);
    between = ", ";
  }
  return words + ')';
}

}  // namespace

std::vector<std::string> shutdown_calls(const Shutdown& shutdown, Time now) {
  std::vector<std::string> words;
  for (const LogindCall& call : calls_of(shutdown, now)) words.push_back(worded(call));
  return words;
}

bool shut_down(const Shutdown& shutdown, Time now) noexcept {
  try {
    Logind logind;
    LogindAnswer last = LogindAnswer::done;
    for (const LogindCall& call : calls_of(shutdown, now)) {
      if (last != (call.is_fallback ? LogindAnswer::unknown : LogindAnswer::done)) break;
      last = logind.ask(call);
    }
    return last == LogindAnswer::done;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace weir::compat::net_filter
