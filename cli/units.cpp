// Names the option in what the library says of its number.
#include "cli/units.h"

#include <string>

#include "cli/exit_code.h"
#include "weir/units.h"

namespace weir::cli {
namespace {

template <class Parse>
auto of_option(Parse parse, std::string_view text, std::string_view option) {
  try {
    return parse(text);
  } catch (const Error& error) {
    throw UsageError{std::string{option} + ": " + error.what()};
  }
}

}  // namespace

Duration parse_duration(std::string_view text, std::string_view option) {
  return of_option(weir::parse_duration, text, option);
}

Duration parse_time_span(std::string_view text, std::string_view option) {
  return of_option(weir::parse_time_span, text, option);
}

std::uint64_t parse_count(std::string_view text, std::string_view option) {
  return of_option(weir::parse_count, text, option);
}

}  // namespace weir::cli
