// The tables below the lines of `weir info`: lengths, protocols, checksums.
#pragma once

#include <string>

#include "weir/info/summary.h"

namespace weir::info {

/// Appends those there is something in, each below an empty line.
void append_tables(std::string& out, const Summary& summary);

}  // namespace weir::info
