// The tables below the lines of `weir info`: lengths, protocols, checksums.
#pragma once

#include <string>

#include "weir/sink/capture_summary.h"

namespace weir::sink {

/// Appends those there is something in, each below an empty line.
void append_tables(std::string& out, const CaptureSummary& summary);

}  // namespace weir::sink
