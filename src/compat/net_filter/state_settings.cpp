// The settings of config(), those of the installation among them.
#include <algorithm>

#include "compat/net_filter/state.h"

namespace weir::compat {

using namespace net_filter;

namespace {

constexpr std::int64_t most_threads = 256;
constexpr std::int64_t largest_stack = std::int64_t{1} << 30;
/// PTHREAD_STACK_MIN of glibc.
constexpr std::int64_t least_stack = 16'384;

/// True of "True", "1", "Yes" in any case; boolean_setting() refuses all else but their opposites.
bool read_boolean(const char* name, std::string_view text) {
  bool value = false;
  boolean_setting(name, value).set(text);
  return value;
}

}  // namespace

std::string NetFilter::State::config(const std::string& text) {
  return with_codes([&] { return configure(settings, text, false); });
}

void NetFilter::State::make_settings() {
  const auto locked = [this](Setting setting) {
    return Setting{setting.name,
                   [this, read = setting.read] {
                     const std::lock_guard lock{mutex};
                     return read();
                   },
                   [this, set = setting.set](std::string_view value) {
                     const std::lock_guard lock{mutex};
                     set(value);
                   }};
  };
  Setting denies = locked(boolean_setting("DenyExpiredRequests", denies_expired));
  denies.set = [this, set = denies.set](std::string_view value) {
    set(value);
    if (const auto by = gate_at_hand(); by != nullptr) {
      by->set_deadline_policy(read_boolean("DenyExpiredRequests", value) ? gate::Policy::closed
                                                                         : gate::Policy::open);
    }
  };
  Setting stack = locked(number_setting("WorkerInitialStackSize", stack_size, 0, largest_stack));
  stack.set = [this](std::string_view value) {
    expect_no_event("config(WorkerInitialStackSize)");
    expect_inactive("config(WorkerInitialStackSize)");
    std::int64_t size = 0;
    number_setting("WorkerInitialStackSize", size, 0, largest_stack).set(value);
    if (size != 0 && size < least_stack) {
      refuse(ERROR_INVALID_PARAMETER,
             "config WorkerInitialStackSize=" + std::string{value} + ": it is 0 or at least 16384");
    }
    const std::lock_guard lock{mutex};
    stack_size = size;
    idle.set_stack_size(static_cast<std::size_t>(size));
  };
  settings = {std::move(denies),
              installed_setting("ForceAppPermissionCheck", &gate::DriverSettings::checks_rights),
              locked(number_setting("InitialSendBufferSize", initial_send_buffer, 0,
                                    static_cast<std::int64_t>(Sending::largest_buffer))),
              installed_setting("LoggingEnabled", &gate::DriverSettings::logs),
              locked(number_setting("MaxWorkerThreadCount", most_workers, 0, most_threads)),
              locked(number_setting("MinWorkerThreadCount", least_workers, 0, most_threads)),
              std::move(stack),
              build_setting(),
              license_setting()};
}

Setting NetFilter::State::installed_setting(const char* name, bool gate::DriverSettings::* of) {
  return {name,
          [this, of] {
            if (product_at_hand() == nullptr) return std::string{"False"};
            return std::string{installed_settings().*of ? "True" : "False"};
          },
          [this, name, of](std::string_view text) {
            // Whether it may be set at all comes before the value.
            static_cast<void>(installed_settings());
            const bool value = read_boolean(name, text);
            change_installed([&](gate::DriverSettings& installed) { installed.*of = value; });
          }};
}

std::shared_ptr<const Product> NetFilter::State::product_at_hand() const {
  const std::lock_guard lock{mutex};
  return product;
}

gate::DriverSettings NetFilter::State::installed_settings() const {
  expect_initialized();
  return product_at_hand()->settings();
}

void NetFilter::State::change_installed(const std::function<void(gate::DriverSettings&)>& change) {
  expect_initialized();
  const gate::DriverSettings installed = product_at_hand()->change(change);
  events.log(installed.logs);
  const std::lock_guard lock{mutex};
  checks_rights = installed.checks_rights;
}

}  // namespace weir::compat
