// Plans the mixed trace: who talks to whom, about what, when.
#pragma once

#include <cstdint>

#include "plan.h"

namespace bench {

/// At least `packets` events (a little more: whole conversations) over two minutes.
Plan plan_mixed(std::uint64_t seed, std::uint64_t packets);

}  // namespace bench
