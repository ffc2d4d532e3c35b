// getpwnam and setresuid.
#include "user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "exit_code.h"
#include "weir/error.h"

namespace weir::cli {

savefile::FileOwner user_named(const std::string& name) {
  const passwd* const found = ::getpwnam(name.c_str());
  if (found == nullptr) throw UsageError{"-Z: no such user: " + name};
  return {.user = found->pw_uid, .group = found->pw_gid};
}

void become(const savefile::FileOwner& user, Capabilities kept) {
  // Else the kernel takes all of them from whoever stops being root.
  if (kept != 0) ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (::setgroups(1, &user.group) != 0 || ::setresgid(user.group, user.group, user.group) != 0 ||
      ::setresuid(user.user, user.user, user.user) != 0) {
    throw SystemError{errno, "become user " + std::to_string(user.user)};
  }
}

}  // namespace weir::cli
