// Looks a packet's flow up among those that a verdict holds for.
#pragma once

#include "gate/kernel/writer.h"

namespace weir::gate {

/// Behind read_network_header(). Counts and ends the packet if a verdict on its flow holds,
/// otherwise goes on behind its end.
void look_up_flow(Writer& write);

}  // namespace weir::gate
