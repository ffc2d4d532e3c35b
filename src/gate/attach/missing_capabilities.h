// What the calling thread lacks to start a gate.
#pragma once

#include <string>

namespace weir::gate {

/// "needs CAP_NET_ADMIN and CAP_BPF"; empty if nothing is missing.
[[nodiscard]] std::string missing_capabilities();

}  // namespace weir::gate
