// Runs a command for each finished file, in a process of its own that was forked early.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "weir/savefile/writer.h"

namespace weir::cli {

/// What to do with a name where the commands lag hundreds behind: packets that arrive do not wait,
/// those of files do.
enum class WhenBehind : std::uint8_t { leave_out, wait };

/// The process takes file names over a socket pair and runs the command on one after another; so
/// the caller may give up its rights, and need not wait for a command while packets arrive.
class FileHook {
 public:
  /// Forks. `command` is for the shell; the file's name is put behind it as one word. It runs as
  /// the `user`, or as whoever calls. Throws SystemError.
  FileHook(const std::string& command, WhenBehind when_behind,
           const std::optional<savefile::FileOwner>& user = {});
  FileHook(const FileHook&) = delete;
  FileHook& operator=(const FileHook&) = delete;
  /// As finish().
  ~FileHook() { static_cast<void>(finish()); }

  /// Hands a name over. One that is left out is counted.
  void run(const std::string& path) noexcept;

  /// Waits for the commands that are due; returns how many of all ended with anything but 0. No
  /// name is taken afterwards.
  std::uint64_t finish() noexcept;

  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  WhenBehind when_behind_;
  int socket_ = -1;
  int process_ = -1;
  std::uint64_t left_out_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace weir::cli
