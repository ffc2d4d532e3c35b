// Where the text sinks put their lines: anything that takes characters.
#pragma once

#include <functional>
#include <string_view>

#include "weir/api.h"
#include "weir/error.h"

namespace weir::record {

/// Takes a block of whole lines, borrowed for the call. Throws Error if the medium fails; the block
/// counts as lost then, and the sink stays usable.
using Output = std::function<void(std::string_view block)>;

}  // namespace weir::record
