// Runs a command for each finished file, in a process of its own that was forked early.
#pragma once

#include <cstdint>
#include <string>

namespace weir::cli {

/// The process takes file names over a socket pair and runs the command on one after another; so
/// the caller may give up its rights, and never waits for a command while packets arrive.
class FileHook {
 public:
  /// Forks. `command` is for the shell; the file's name is put behind it as one word. Throws
  /// SystemError.
  explicit FileHook(const std::string& command);
  FileHook(const FileHook&) = delete;
  FileHook& operator=(const FileHook&) = delete;
  /// As finish().
  ~FileHook() { static_cast<void>(finish()); }

  /// Hands a name over; one is left out, and counted, where the commands lag hundreds behind.
  void run(const std::string& path) noexcept;

  /// Waits for the commands that are due; returns how many of all ended with anything but 0. No
  /// name is taken afterwards.
  std::uint64_t finish() noexcept;

  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  int socket_ = -1;
  int process_ = -1;
  std::uint64_t left_out_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace weir::cli
