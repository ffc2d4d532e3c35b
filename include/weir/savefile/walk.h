// Walks many capture files: one after another or merged, within a time window, whatever is wrong
// with some of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/savefile/input_file.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/time_window.h"
#include "weir/savefile/trouble.h"

namespace weir::savefile {

/// How to walk.
struct WalkOptions {
  ReaderOptions reader{};
  /// All files as one, ordered by time, as a MergedReader does it; otherwise one after another.
  bool merge = false;
  /// Packets outside it are read, but not handed out.
  TimeWindow window{};
};

/// What became of a file that is done with.
struct FileOutcome {
  /// Its place among Walk::files(); none for what is wrong with all, where they are merged.
  std::optional<std::size_t> file{};
  /// Whether it was opened and is a capture.
  bool is_capture = false;
  /// Why it was not read, or not to its end. None also after stop().
  std::optional<Trouble> trouble{};
};

/// Many capture files as one packet source. What is wrong with one of them is a value, and the
/// others follow: it is never thrown, so whoever walks or copies them asks afterwards:
///
///     savefile::Walk walk{savefile::expand({"traces/", "-"})};
///     walk.copy_to(writer);
///     for (const FileOutcome& outcome : walk.troubles()) ...
///
/// Where a file ends, or cannot be read, a batch has no packets, its state is `timeout` whatever
/// the deadline, and outcomes() says what became of the file; context().ends_file says that what
/// there is of it has been handed out. The context is that of the file of the last batch; of merged
/// files that of all. A batch that the window leaves nothing of is a `timeout` too;
/// Batch::now stays within the window's end.
///
/// Each file is opened in its turn, however long that takes (a FIFO waits for its writer): a signal
/// handler that calls stop() ends the wait. Where the window needs the end, the first call of
/// next_batch() reads every file once before. Movable; one thread at a time, but stop() from
/// anywhere.
class WEIR_API Walk final : public Source {
 public:
  /// Opens nothing yet. Throws Error (invalid_argument) for files to be followed that are more than
  /// one or merged, for standard input that is to be merged twice, and where the window is counted
  /// from the end of what can be read but once.
  explicit Walk(std::vector<InputFile> files, WalkOptions options = {});
  Walk(Walk&&) noexcept;
  Walk& operator=(Walk&&) noexcept;
  ~Walk() override;

  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override;
  [[nodiscard]] BatchContext context() const noexcept override;
  void stop() noexcept override;
  [[nodiscard]] std::shared_ptr<const void> keep_batch() override;

  /// In their order, without directories that have none.
  [[nodiscard]] std::span<const InputFile> files() const noexcept;
  /// The place among files() of the one that the last batch is from; of merged files 0.
  [[nodiscard]] std::size_t file() const noexcept;
  /// What reads it; null between files, and where they are merged. Valid until the next call.
  [[nodiscard]] const Reader* reader() const noexcept;
  /// Files done with since the batch before: each once, but for those passed_over(). Merged files
  /// that are whole are done with together, at the end; where more are to be merged than can be
  /// open, that is the end, and an outcome of no file names `ulimit -n`.
  [[nodiscard]] std::span<const FileOutcome> outcomes() const noexcept;
  /// Those of all files up to now that have a trouble, in the order they came in. Valid until the
  /// next call.
  [[nodiscard]] std::span<const FileOutcome> troubles() const noexcept;

  /// All packets of the last batch, in the window or not: what numbers and origins count. Valid as
  /// the batch.
  [[nodiscard]] std::span<const Packet> read_packets() const noexcept;
  /// Of the first of them, from 1: in its file, or in all that are merged.
  [[nodiscard]] std::uint64_t first_number() const noexcept;
  /// Of read_packets(), among files().
  [[nodiscard]] std::span<const std::uint32_t> origins() const noexcept override;
  /// The one of the options, with what is known by now of where it begins and ends. If it turns out
  /// to be empty, no packet is handed out.
  [[nodiscard]] const TimeWindow& window() const noexcept;

  /// Of all files up to now.
  [[nodiscard]] ReaderCounts counts() const noexcept override;
  /// Of one of them. All 0 if it is no capture, or its turn has not come.
  [[nodiscard]] ReaderCounts counts(std::size_t file) const noexcept;
  /// Files that are captures, damaged or not.
  [[nodiscard]] std::uint64_t captures() const noexcept;
  /// Files below directories that are none.
  [[nodiscard]] std::uint64_t passed_over() const noexcept;
  /// Directories in which no capture was found so far, in byte order.
  [[nodiscard]] std::vector<std::string> barren_directories() const;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE Batch next(Deadline deadline) override;
  std::unique_ptr<State> state_;
};

}  // namespace weir::savefile
