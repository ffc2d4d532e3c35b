// Users of this machine: who one is, and to become one.
#pragma once

#include <string>

#include "capabilities.h"
#include "weir/savefile/writer.h"

namespace weir::cli {

/// Of -Z, with the primary group. Throws UsageError.
[[nodiscard]] savefile::FileOwner user_named(const std::string& name);

/// For good, with no other group. Only root can. The capabilities stay permitted: use_only() gets
/// them back. Throws SystemError.
void become(const savefile::FileOwner& user, Capabilities kept);

}  // namespace weir::cli
