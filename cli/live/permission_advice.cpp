// The words of permission advice.
#include "cli/live/permission_advice.h"

#include <linux/capability.h>
#include <unistd.h>

#include <climits>

#include "cli/shell_word.h"

namespace weir::cli {

std::string own_path() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return "weir";
  path.resize(static_cast<std::size_t>(size));
  return path;
}

std::string setcap_line(sandbox::Capabilities needed) {
  return "sudo setcap " + sandbox::names_of(needed) + "+ep " + shell_word(own_path());
}

std::string restriction_line() {
  const std::string path = shell_word(own_path());
  return "sudo chgrp GROUP " + path + " && sudo chmod 750 " + path;
}

std::string permission_advice(const std::string& doing) {
  if (::geteuid() == 0) {
    return "root lacks CAP_NET_RAW here, as in a container: start that with --cap-add NET_RAW";
  }
  // In this order: a change of group takes the capabilities of a file away.
  return doing +
         " needs CAP_NET_RAW: run weir with sudo, or grant it to the program. That lets\n"
         "everyone who may run the file read all traffic of this machine, and send as anybody;\n"
         "so restrict first who may:\n  " +
         restriction_line() + "\n  " + setcap_line(sandbox::only(CAP_NET_RAW));
}

}  // namespace weir::cli
