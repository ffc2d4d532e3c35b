// Runs a command for each finished file, in a process of its own that was forked early.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "weir/savefile/writer.h"

namespace weir::cli {

/// What to do with a name while commands are due: packets that arrive never wait, so it is left out
/// where they lag hundreds behind; those of files wait then; or each file waits for its command,
/// before it can be removed.
enum class WhenBehind : std::uint8_t { leave_out, wait, wait_for_each };

/// Of files, by what became of their command.
struct HookCounts {
  /// It ended with anything but 0.
  std::uint64_t failed = 0;
  /// It was not begun: the commands lagged behind.
  std::uint64_t left_out = 0;
  /// Nobody knows whether it ran to its end: the process that runs them is gone.
  std::uint64_t lost = 0;
  /// It was not begun: by its name it is no file this run has made. See MadeFiles.
  std::uint64_t refused = 0;
};

/// The process takes file names over a socket pair, runs the command on one after another and
/// answers with how each ended; so the caller may give up its rights, and need not wait for a
/// command while packets arrive. It has no capability itself, nor has the command, and does not
/// believe the caller: names are those of files the run has made, or refused. Where the caller dies
/// it ends at once, and the command with it.
class FileHook {
 public:
  /// Called once, when commands that are due keep the end waiting for a second.
  using OnWait = std::function<void(std::uint64_t due)>;

  /// Forks. `command` is for the shell; the file's name is put behind it as one word. `series` is
  /// the path that names are made of. It runs as the `user`, or as whoever calls. Throws
  /// SystemError.
  FileHook(const std::string& command, const std::string& series, WhenBehind when_behind,
           OnWait on_wait, const std::optional<savefile::FileOwner>& user = {});
  FileHook(const FileHook&) = delete;
  FileHook& operator=(const FileHook&) = delete;
  /// As finish().
  ~FileHook() { static_cast<void>(finish()); }

  /// Hands a name over.
  void run(const std::string& path);

  /// Waits for the commands that are due; returns what became of all. No name is taken afterwards.
  HookCounts finish();

 private:
  using Clock = std::chrono::steady_clock;

  /// Returns an errno.
  [[nodiscard]] int hand_over(const std::string& name) const noexcept;
  /// Waits until no more commands than that are due, or the process is gone.
  void wait_until_due(std::uint64_t most);
  /// An answer may be the end of the process.
  [[nodiscard]] bool has_answer_before(Clock::time_point time) const noexcept;
  /// Whether there was one.
  bool take_answer(int flags) noexcept;

  WhenBehind when_behind_;
  OnWait on_wait_;  // empty once called
  int socket_ = -1;
  int process_ = -1;
  bool is_ending_ = false;
  bool is_gone_ = false;   // the process
  std::uint64_t due_ = 0;  // handed over, not answered
  HookCounts counts_{};
};

}  // namespace weir::cli
