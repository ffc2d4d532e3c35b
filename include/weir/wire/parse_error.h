// Why a header could not be read. Odd traffic is a value, never an exception.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::wire {

/// Why a view refuses bytes.
enum class ParseError : std::uint8_t {
  truncated,          ///< fewer bytes than the header needs
  bad_version,        ///< the version field names another protocol
  bad_header_length,  ///< a header length below the minimum, or past its datagram
  bad_length,         ///< a total or payload length that contradicts the header
  bad_field,          ///< any other field with a value the standard forbids
};

/// "truncated", "bad_version", ...: the words JSON uses.
[[nodiscard]] constexpr const char* name(ParseError error) noexcept {
  switch (error) {
    case ParseError::truncated:
      return "truncated";
    case ParseError::bad_version:
      return "bad_version";
    case ParseError::bad_header_length:
      return "bad_header_length";
    case ParseError::bad_length:
      return "bad_length";
    case ParseError::bad_field:
      return "bad_field";
  }
  return "";
}

}  // namespace weir::wire
