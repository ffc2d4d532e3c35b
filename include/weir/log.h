// The control plane's only voice: a callback the application may set. Nothing is logged per packet.
#pragma once

#include <functional>
#include <string_view>

#include "weir/api.h"

namespace weir {

/// How much a line matters.
enum class LogLevel { debug, note, warning };

/// Receives one line without a final newline. Called on the thread that noticed; must not throw.
/// The default, empty, is silence.
using LogCallback = std::function<void(LogLevel level, std::string_view message)>;

}  // namespace weir
