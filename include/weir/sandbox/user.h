// To become another user of this machine.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/sandbox/capabilities.h"

namespace weir::sandbox {

/// A user and the one group it is in.
struct User {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};

/// For good, with no other group. Only root can. Whoever is not root afterwards has no capability;
/// with `kept` they all stay permitted, until keep_only() is called. Throws SystemError.
WEIR_API void become(const User& user, Capabilities kept = 0);

}  // namespace weir::sandbox
