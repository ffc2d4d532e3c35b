// What --flow says, read.
#pragma once

#include <string>

#include "weir/flow/conversation.h"

namespace weir::cli {

/// "192.0.2.1:80,192.0.2.2:4242", "[2001:db8::1]:80,[2001:db8::2]:4242"; a port that is left out is
/// any. Throws UsageError.
[[nodiscard]] flow::Conversation parse_conversation(const std::string& text);

}  // namespace weir::cli
