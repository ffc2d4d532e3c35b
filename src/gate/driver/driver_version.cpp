// Versions of drivers as text and as one number.
#include <array>
#include <charconv>

#include "gate/driver/programs.h"
#include "weir/gate/driver.h"
#include "weir/version.h"

namespace weir::gate {

std::string text_of(const DriverVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.build) + "." + std::to_string(version.revision);
}

std::optional<DriverVersion> parse_driver_version(std::string_view text) {
  std::array<std::uint16_t, 4> numbers{};
  const char* next = text.data();
  const char* const end = next + text.size();
  for (std::uint16_t& number : numbers) {
    const auto [behind, error] = std::from_chars(next, end, number);
    if (error != std::errc{}) return std::nullopt;
    if (behind == end) return DriverVersion{numbers[0], numbers[1], numbers[2], numbers[3]};
    if (*behind != '.') return std::nullopt;
    next = behind + 1;
  }
  return std::nullopt;
}

std::uint64_t packed(const DriverVersion& version) noexcept {
  return std::uint64_t{version.major} << 48 | std::uint64_t{version.minor} << 32 |
         std::uint64_t{version.build} << 16 | version.revision;
}

DriverVersion library_version() noexcept {
  return {.major = WEIR_VERSION_MAJOR, .minor = WEIR_VERSION_MINOR, .build = WEIR_VERSION_PATCH};
}

}  // namespace weir::gate
