// Times as `weir read` prints them: local, with six digits of the second, rounded down.
#pragma once

#include <string>

#include "record/time/elapsed.h"

namespace weir::sink {

/// Appends "2026-11-20 16:40:12.646624".
void append_date(std::string& out, Timestamp time);
/// Appends "16:40:12.646624".
void append_clock(std::string& out, Timestamp time);
/// Appends "0.003353", in seconds.
void append_seconds(std::string& out, record::Elapsed time);

}  // namespace weir::sink
