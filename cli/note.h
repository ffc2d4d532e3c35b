// What a run passed over, told beside its result: a line on standard error, and no failure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/exit_code.h"

namespace weir::cli {

/// What messages begin with; another program sets it before its first one.
inline const char* program_name = "weir";

/// A count of `kind` (a stable word) with the line that tells it to people.
struct Note {
  const char* kind;
  std::string message;
  /// The input it is about; empty if none.
  std::string file{};
  /// What was counted, under the names JSON uses.
  std::vector<std::pair<const char*, std::uint64_t>> counts{};
};

/// Writes it in the style errors are told in.
void tell(const Note& note, ErrorStyle style);

/// A line on standard error, made printable: what came from outside is told as it is. That it
/// cannot be written there is no failure of a run.
void tell_line(std::string_view line);

/// "1 file is", "2 files are".
[[nodiscard]] std::string plural(std::uint64_t count, const char* one, const char* many);

}  // namespace weir::cli
