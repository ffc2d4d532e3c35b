// What a product has in its folder, and how it is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gate/store/manifest.h"
#include "gate/store/state_folder.h"

namespace weir::gate {

inline constexpr std::string_view drivers_name = "drivers";
inline constexpr const char* lock_name = "lock";
inline constexpr const char* manifest_name = "manifest";
inline constexpr const char* running_name = "running";
/// Ends the name of a file that is being written.
inline constexpr std::string_view unfinished_suffix = ".new";

[[nodiscard]] std::string settings_name(std::uint64_t number);
/// Nothing for the name of another file.
[[nodiscard]] std::optional<std::uint64_t> settings_number(std::string_view name) noexcept;
[[nodiscard]] std::string driver_name(const DriverVersion& version);

/// Letters, digits, '-', '{' and '}'; not a name of the folder's own.
[[nodiscard]] bool is_product(std::string_view name) noexcept;

/// Throws Error (invalid_argument) where is_product() says no.
void check_product(const std::string& name);

/// The folder of all products, and that of one, which has to be installed: SystemError (not_found)
/// otherwise.
[[nodiscard]] StateFolder open_state(const std::string& path, const std::string& product);
[[nodiscard]] StateFolder open_product(const StateFolder& state, const std::string& product);
[[nodiscard]] Manifest require_manifest(const StateFolder& folder, const std::string& product);

/// Nothing if there is none. Throws SystemError and FormatError.
[[nodiscard]] std::optional<Manifest> read_manifest(const StateFolder& product);
/// Nothing if the file is not there: another change may have replaced it.
[[nodiscard]] std::optional<DriverSettings> read_settings(const StateFolder& product,
                                                          std::uint64_t number);

}  // namespace weir::gate
