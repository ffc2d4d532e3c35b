// Settings by name, as config() of the published classes takes them: "NAME" or "NAME=VALUE".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::compat {

/// One setting: how it is read, and set where that may be.
struct Setting {
  std::string_view name;
  std::function<std::string()> read;
  std::function<void(std::string_view value)> set{};
};

/// Reads or sets one of them, its name in any case, and returns its value. Throws Error
/// (invalid_argument) for a name that is not there, and for one that can only be read.
[[nodiscard]] std::string configure(const std::vector<Setting>& settings, std::string_view text);

/// "True", "1", "Yes" and their opposites, in any case. Throws Error (invalid_argument) naming the
/// setting; so the next.
[[nodiscard]] bool boolean_setting(std::string_view name, std::string_view value);
/// A decimal number from `least` to `most`.
[[nodiscard]] std::int64_t number_setting(std::string_view name, std::string_view value,
                                          std::int64_t least, std::int64_t most);
/// "True" or "False".
[[nodiscard]] std::string setting_text(bool value);

/// What BuildInfo and LicenseInfo say.
[[nodiscard]] std::string build_setting();
[[nodiscard]] std::string license_setting();

}  // namespace weir::compat
