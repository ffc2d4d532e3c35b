// An error of a file as a value, for whoever reads many and goes on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "weir/error.h"

namespace weir::savefile {

/// What kept a file from being read, or from being read to its end.
struct WEIR_API Trouble {
  explicit Trouble(const Error& error);

  ErrorCode code;
  /// Error::what(): it names the file.
  std::string message;
  /// FormatError::offset().
  std::optional<std::uint64_t> offset{};
  /// The errno of a SystemError, otherwise 0.
  int system_error = 0;
  /// It takes more than a reader has (BeyondLimit): no damage.
  bool is_beyond_limit = false;
};

}  // namespace weir::savefile
