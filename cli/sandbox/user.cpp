// getpwnam.
#include "cli/sandbox/user.h"

#include <pwd.h>

#include "cli/exit_code.h"

namespace weir::cli {

savefile::FileOwner user_named(const std::string& name) {
  const passwd* const found = ::getpwnam(name.c_str());
  if (found == nullptr) throw UsageError{"-Z: no such user: " + name};
  return {.user = found->pw_uid, .group = found->pw_gid};
}

}  // namespace weir::cli
