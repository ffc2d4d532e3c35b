// sd-bus(3) behind Logind.
#include "compat/net_filter/logind/logind.h"

#include <systemd/sd-bus.h>

namespace weir::compat::net_filter {
namespace {

int append(sd_bus_message* message, bool flag) noexcept {
  return ::sd_bus_message_append(message, "b", static_cast<int>(flag));
}
int append(sd_bus_message* message, std::uint64_t number) noexcept {
  return ::sd_bus_message_append(message, "t", number);
}
int append(sd_bus_message* message, const std::string& text) noexcept {
  return ::sd_bus_message_append(message, "s", text.c_str());
}

/// As what the functions of sd-bus return: negative for what failed.
int send(sd_bus* bus, const LogindCall& call, sd_bus_error& error) noexcept {
  sd_bus_message* message = nullptr;
  int result = ::sd_bus_message_new_method_call(bus, &message, "org.freedesktop.login1",
                                                "/org/freedesktop/login1",
                                                "org.freedesktop.login1.Manager", call.method);
  for (const auto& argument : call.arguments) {
    if (result < 0) break;
    result = std::visit([&](const auto& value) { return append(message, value); }, argument);
  }
  constexpr std::uint64_t usual_timeout = 0;
  if (result >= 0) result = ::sd_bus_call(bus, message, usual_timeout, &error, nullptr);
  ::sd_bus_message_unref(message);
  return result;
}

bool says_unknown(const sd_bus_error& error) noexcept {
  return ::sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_METHOD) != 0 ||
         ::sd_bus_error_has_name(&error, SD_BUS_ERROR_INVALID_ARGS) != 0;
}

}  // namespace

Logind::Logind() noexcept {
  if (::sd_bus_open_system(&bus_) < 0) bus_ = nullptr;
}

Logind::~Logind() { ::sd_bus_flush_close_unref(bus_); }

LogindAnswer Logind::ask(const LogindCall& call) noexcept {
  if (bus_ == nullptr) return LogindAnswer::refused;
  sd_bus_error error{};
  const int result = send(bus_, call, error);
  const bool is_unknown = result < 0 && says_unknown(error);
  ::sd_bus_error_free(&error);
  if (is_unknown) return LogindAnswer::unknown;
  return result < 0 ? LogindAnswer::refused : LogindAnswer::done;
}

}  // namespace weir::compat::net_filter
