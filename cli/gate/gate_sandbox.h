// The sandbox of a gate: two processes keep what it needs later.
#pragma once

#include "cli/gate/gate_run.h"

namespace weir::cli {

/// Unless --no-sandbox: forks one process that opens the file of rules when it is read again, and
/// one that keeps the rights of the gate; has the gate give up its own before it takes a packet.
/// What does not hold is told in one note then. Before any thread is started. Throws SystemError.
[[nodiscard]] GateRunOptions confined(GateRunOptions options);

}  // namespace weir::cli
