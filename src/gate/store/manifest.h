// What the manifest and the settings of a product say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/gate/driver_store.h"

namespace weir::gate {

/// What one rename puts in force.
struct Manifest {
  /// Oldest first; at least one, at most max_versions.
  std::vector<DriverVersion> versions{};
  std::string origin{};
  /// The number in the name of the file with the settings.
  std::uint64_t settings = 0;

  bool operator==(const Manifest&) const = default;
};
inline constexpr std::size_t max_versions = 64;
inline constexpr std::size_t max_controllers = 256;
/// Numbers of settings stay below; there is room for a change each nanosecond.
inline constexpr std::uint64_t max_settings_number = 1'000'000'000'000'000'000;

[[nodiscard]] std::string text_of(const Manifest& manifest);
[[nodiscard]] std::string text_of(const DriverSettings& settings);

/// Throw FormatError; `path` is what its message calls the file.
[[nodiscard]] Manifest parse_manifest(std::string_view text, const std::string& path);
[[nodiscard]] DriverSettings parse_settings(std::string_view text, const std::string& path);

/// Throw Error (invalid_argument) for what no file can hold.
void check_origin(const std::string& origin);
void check_settings(const DriverSettings& settings);

}  // namespace weir::gate
