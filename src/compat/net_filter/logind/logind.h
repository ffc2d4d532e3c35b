// logind, asked over the system's D-Bus.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

struct sd_bus;

namespace weir::compat::net_filter {

/// A method of org.freedesktop.login1.Manager, as org.freedesktop.login1(5) has it.
struct LogindCall {
  const char* method = "";
  std::vector<std::variant<bool, std::uint64_t, std::string>> arguments{};
  /// Asked only if logind does not know the call before.
  bool is_fallback = false;
};

enum class LogindAnswer : std::uint8_t {
  done,
  unknown,  ///< no such method, or not with such arguments
  refused,  ///< or there is no logind
};

/// A connection to it. One thread at a time.
class Logind {
 public:
  /// To the bus at DBUS_SYSTEM_BUS_ADDRESS, if that is set.
  Logind() noexcept;
  Logind(const Logind&) = delete;
  Logind& operator=(const Logind&) = delete;
  ~Logind();

  [[nodiscard]] LogindAnswer ask(const LogindCall& call) noexcept;

 private:
  /// None where the bus cannot be reached.
  sd_bus* bus_ = nullptr;
};

}  // namespace weir::compat::net_filter
