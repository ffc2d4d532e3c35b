// The SHA-256 of a capture file as it is stored.
#pragma once

#include <string>

#include "input.h"

namespace weir::cli {

/// Whether it is a regular file: not standard input, not a pipe.
[[nodiscard]] bool can_be_read_twice(const InputFile& file);

/// 64 hex digits. Empty for what cannot be read twice, cannot be read whole, or once a stop signal
/// came.
[[nodiscard]] std::string digest_of(const InputFile& file);

}  // namespace weir::cli
