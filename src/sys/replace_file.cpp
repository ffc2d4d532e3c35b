// A file beside it, brought to the disk, then renamed.
#include "sys/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "sys/file_descriptor.h"
#include "sys/output_file.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

[[noreturn]] void fail(int problem, const std::string& path) {
  if (is_disk_full(problem)) {
    throw SystemError{ErrorCode::output_failed, problem, "write " + path};
  }
  throw SystemError{problem, "write " + path};
}

/// Returns an errno.
int fill(FileDescriptor& file, Bytes content, unsigned mode) noexcept {
  if (const Written written = write_all(file, content); written.error != 0) return written.error;
  if (::fchmod(file.number(), static_cast<mode_t>(mode)) != 0) return errno;
  while (::fsync(file.number()) != 0) {
    if (errno != EINTR) return errno;
  }
  return close_checked(file);
}

/// Whether there is something whose place no file is to take: a device, a pipe.
bool is_special(const std::string& path) noexcept {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// Of what is there, where links to it lead; else the path itself.
std::string without_links(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(path.c_str(), nullptr), std::free};
  return real ? real.get() : path;
}

void write_into(const std::string& path, Bytes content) {
  FileDescriptor file = open_for_writing(path, std::nullopt);
  int problem = write_all(file, content).error;
  if (problem == 0) problem = close_checked(file);
  if (problem != 0) fail(problem, path);
}

void put_in_place(const std::string& path, Bytes content, unsigned mode) {
  const FileDescriptor directory = open_directory_of(path);
  std::string beside = path + ".XXXXXX";
  FileDescriptor file{::mkostemp(beside.data(), O_CLOEXEC)};
  if (!file.is_open()) fail(errno, path);
  int problem = fill(file, content, mode);
  if (problem == 0 && std::rename(beside.c_str(), path.c_str()) != 0) problem = errno;
  if (problem != 0) {
    ::unlink(beside.c_str());
    fail(problem, path);
  }
  if (directory.is_open()) problem = synchronise_names(directory);
  if (problem != 0) fail(problem, path);
}

}  // namespace

void replace_file(const std::string& path, Bytes content, unsigned mode) {
  check_path(path);
  if (is_special(path)) {
    write_into(path, content);
  } else {
    put_in_place(without_links(path), content, mode);
  }
}

}  // namespace weir::sys
