// Users of this machine, by name and as the sandbox knows them.
#pragma once

#include <string>

#include "weir/sandbox/user.h"
#include "weir/savefile/writer.h"

namespace weir::cli {

/// Of -Z, with the primary group. Throws UsageError.
[[nodiscard]] savefile::FileOwner user_named(const std::string& name);

[[nodiscard]] inline sandbox::User user_of(const savefile::FileOwner& owner) noexcept {
  return {.user = owner.user, .group = owner.group};
}

}  // namespace weir::cli
