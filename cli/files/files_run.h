// Reads the files of a command, one after another or merged, filters, and keeps count of what went
// wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/files/input.h"
#include "cli/files/progress.h"
#include "cli/note.h"
#include "cli/sandbox/file_sandbox.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/walk.h"

namespace weir::cli {

struct FilesRunOptions {
  savefile::ReaderOptions reader{};
  /// Its filter; the files are given to run().
  Input input{};
  filter::FilterOptions filter{.allow_names = true};
  ErrorStyle errors = ErrorStyle::text;
  /// Where the command has a line of its own.
  bool shows_progress = true;
};

/// A batch as a command sees it; `ends_file` also where all merged files have ended.
struct CommandBatch : BatchContext {
  /// In the time window, and matching the filter.
  std::span<const Packet> packets{};
  /// All packets of the batch; those in the time window.
  std::span<const Packet> unfiltered{};
  std::span<const Packet> in_window{};
  /// Of unfiltered[0], from 1 in the file; when merging, in all of them.
  std::uint64_t first_number = 0;
  std::span<const std::string> paths{};
  /// For each of `unfiltered` the index of its path; empty if there is but one.
  std::span<const std::uint32_t> origins{};

  /// The file of unfiltered[index].
  [[nodiscard]] const std::string& path(std::size_t index) const noexcept {
    return paths[origins.empty() ? 0 : origins[index]];
  }
};

/// Walks files, one after another or merged. A file that fails is told and the others still run.
class FilesRun {
 public:
  explicit FilesRun(FilesRunOptions options);

  /// Called for every batch, also for one that has other blocks but no packets; false stops the
  /// run.
  using OnBatch = std::function<bool(const CommandBatch& batch)>;
  /// Called when a file is done; `damage` is what ended it early, or null. Never when merging.
  using OnFile = std::function<void(const InputFile& file, const savefile::Reader& reader,
                                    const savefile::Trouble* damage)>;
  /// Called when the source has nothing now, and then about every 200 ms until it has.
  using OnIdle = std::function<void()>;

  /// Enters the sandbox, which then holds what the run needs. Call it when all else that `needs`
  /// speaks of is at hand.
  void confine(FileSandbox& sandbox, FileNeeds needs);

  /// Reads every file. Called again, it reads them again, and tells nothing of what is wrong with
  /// them, which it has told. Returns the code to exit with; throws what the callbacks throw.
  ExitCode run(const std::vector<InputFile>& files, const OnBatch& on_batch,
               const OnFile& on_file = {}, const OnIdle& on_idle = {});

  /// Packets read so far, before filtering.
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  /// Whether the filter makes no sense for any packet so far: if that stays so, run() throws.
  [[nodiscard]] bool is_refused() const noexcept {
    return judged_ != 0 && filter_.refused() == judged_;
  }
  /// Files that were captures, damaged or not.
  [[nodiscard]] std::uint64_t captures() const noexcept { return captures_; }
  /// Whether damage was passed over (--skip-damaged).
  [[nodiscard]] bool has_skipped() const noexcept { return skipped_; }
  [[nodiscard]] Progress& progress() noexcept { return progress_; }
  [[nodiscard]] const filter::Filter& filter() const noexcept { return filter_; }

 private:
  /// The walk to its end, or until the batches are not wanted any more.
  ExitCode take_all(savefile::Walk& walk, const OnBatch& on_batch, const OnFile& on_file,
                    const OnIdle& on_idle);
  void begin(const savefile::Walk& walk);
  void hand_over(const savefile::Walk& walk, std::span<const Packet> in_window,
                 const OnBatch& on_batch);
  /// Of files that are done with.
  ExitCode tell_outcomes(const savefile::Walk& walk, const OnFile& on_file);
  void tell_of_file(const savefile::Walk& walk, const savefile::Trouble* damage,
                    const OnFile& on_file);
  std::span<const Packet> matching(std::span<const Packet> packets);
  ExitCode tell_of_directories(const savefile::Walk& walk);
  void tell_about_filter();
  void tell_about_counts(const InputFile& file, const savefile::ReaderCounts& counts);
  void tell(const Note& note);

  FilesRunOptions options_;
  filter::Filter filter_;
  std::vector<Packet> matching_;
  /// Packets the filter was asked about.
  std::uint64_t judged_ = 0;
  Progress progress_;
  std::uint64_t packets_ = 0;
  std::uint64_t captures_ = 0;
  /// The file that progress is told of; none when merging.
  std::optional<std::size_t> file_;
  std::vector<std::string> paths_;
  bool stopped_ = false;
  bool has_told_ = false;
  bool skipped_ = false;
};

}  // namespace weir::cli
