// The words of permission advice.
#include "permission_advice.h"

#include <unistd.h>

#include <climits>

namespace weir::cli {
namespace {

/// As one word of a shell.
std::string quoted(const std::string& text) {
  const std::string plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%=";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return word + "'";
}

}  // namespace

std::string own_path() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return "weir";
  path.resize(static_cast<std::size_t>(size));
  return path;
}

std::string setcap_line(Capabilities needed) {
  return "sudo setcap " + names_of(needed) + "+ep " + quoted(own_path());
}

std::string restriction_line() {
  const std::string path = quoted(own_path());
  return "sudo chgrp GROUP " + path + " && sudo chmod 750 " + path;
}

std::string permission_advice() {
  if (::geteuid() == 0) {
    return "root lacks CAP_NET_RAW here, as in a container: start that with --cap-add NET_RAW";
  }
  // In this order: a change of group takes the capabilities of a file away.
  return "capturing needs CAP_NET_RAW: run weir with sudo, or grant it to the program. That lets\n"
         "everyone who may run the file read all traffic of this machine, and send as anybody;\n"
         "so restrict first who may:\n  " +
         restriction_line() + "\n  " + setcap_line(only(CAP_NET_RAW));
}

}  // namespace weir::cli
