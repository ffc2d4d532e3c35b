// What to do where rights lack to open an adapter.
#pragma once

#include <string>

#include "cli/exit_code.h"
#include "weir/sandbox/capabilities.h"

namespace weir::cli {

/// The path of this executable.
[[nodiscard]] std::string own_path();

/// What grants these to this executable, for a shell: "sudo setcap cap_net_raw+ep /usr/bin/weir".
[[nodiscard]] std::string setcap_line(sandbox::Capabilities needed);

/// What restricts first who may run it: a group of your choice.
[[nodiscard]] std::string restriction_line();

/// Lines that tell how to get the right to do something with adapters ("capturing"), what that
/// grants, and to whom.
[[nodiscard]] std::string permission_advice(const std::string& doing = "capturing");

/// Returns what `open` does, which opens an adapter; where it lacks the rights to, throws
/// AdapterRefused with permission_advice().
template <class Open>
auto opened_adapter(Open open, const std::string& doing = "capturing") {
  try {
    return open();
  } catch (const SystemError& error) {
    if (error.code() != ErrorCode::permission_denied) throw;
    throw AdapterRefused{error, permission_advice(doing)};
  }
}

}  // namespace weir::cli
