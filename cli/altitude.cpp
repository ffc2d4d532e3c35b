// Altitudes are whole numbers.
#include "cli/altitude.h"

#include <charconv>
#include <system_error>

#include "cli/exit_code.h"

namespace weir::cli {

std::int32_t parse_altitude(const std::string& text) {
  std::int32_t altitude = 0;
  if (text.empty()) return altitude;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), altitude);
  if (problem != std::errc{} || end != text.data() + text.size()) {
    throw UsageError{"--altitude: a whole number of 32 bits, not " + text};
  }
  return altitude;
}

}  // namespace weir::cli
