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
/// (invalid_argument) for a name that is not there, for one that can only be read, and while
/// active for all that set.
[[nodiscard]] std::string configure(const std::vector<Setting>& settings, std::string_view text,
                                    bool is_active);

/// A decimal number from `least` to `most`, kept in `value`, which outlives it. Setting it to
/// something else throws Error (invalid_argument) naming the setting; so the next.
[[nodiscard]] Setting number_setting(std::string_view name, std::int64_t& value, std::int64_t least,
                                     std::int64_t most);
/// "True", "1", "Yes" and their opposites, in any case; read as "True" or "False".
[[nodiscard]] Setting boolean_setting(std::string_view name, bool& value);
/// Can only be read: what was built.
[[nodiscard]] Setting build_setting();
/// Can only be read: under what licence.
[[nodiscard]] Setting license_setting();

}  // namespace weir::compat
