// setresuid and its kin.
#include "weir/sandbox/user.h"

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::sandbox {

void become(const User& user, Capabilities kept) {
  // Else the kernel takes all of them from whoever stops being root.
  if (kept != 0) ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (::setgroups(1, &user.group) != 0 || ::setresgid(user.group, user.group, user.group) != 0 ||
      ::setresuid(user.user, user.user, user.user) != 0) {
    throw SystemError{errno, "become user " + std::to_string(user.user)};
  }
}

}  // namespace weir::sandbox
