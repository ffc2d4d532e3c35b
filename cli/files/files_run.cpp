// The loop every command that reads captures shares.
#include "cli/files/files_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "cli/filter/input_filter.h"
#include "cli/stop_signal.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

constexpr std::chrono::milliseconds idle_period{200};

/// Bytes a plain file has; 0 where that says nothing about the share that was read.
std::uint64_t size_for_progress(const std::string& path, const savefile::Reader& reader) {
  if (reader.compression() != savefile::Compression::none) return 0;
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  return problem ? 0 : size;
}

/// Where times are counted from the end every file is read twice.
void check_can_be_read_twice(const std::vector<InputFile>& files) {
  const auto stream = std::ranges::find_if(files, savefile::is_stream);
  if (stream == files.end()) return;
  throw UsageError{
      "--since and --until: " + (stream->path == "-" ? "standard input" : stream->path) +
      " has no end before it has been read; say a time instead"};
}

}  // namespace

FilesRun::FilesRun(FilesRunOptions options)
    : options_{std::move(options)},
      filter_{input_filter(options_.input, options_.filter)},
      progress_{options_.shows_progress} {}

void FilesRun::confine(FileSandbox& sandbox, FileNeeds needs) {
  const bool needs_end = options_.input.times.window().needs_end();
  if (needs_end) check_can_be_read_twice(needs.inputs);
  if (!sandbox.is_wanted()) return;
  needs.filter = filter_;
  if (!filter_.is_everything()) {
    prepare_usual(filter_, options_.filter.engine == filter::Engine::jit);
  }
  needs.opens_again = needs.opens_again || needs_end || options_.input.merge;
  sandbox.enter(needs);
}

ExitCode FilesRun::run(const std::vector<InputFile>& files, const OnBatch& on_batch,
                       const OnFile& on_file, const OnIdle& on_idle) {
  progress_.start();
  const savefile::TimeWindow window = options_.input.times.window();
  savefile::Walk walk{files,
                      {.reader = options_.reader, .merge = options_.input.merge, .window = window}};
  ExitCode exit = take_all(walk, on_batch, on_file, on_idle);
  progress_.clear();
  if (has_told_) return exit;
  if (walk.passed_over() != 0) {
    tell({.kind = "not_a_capture",
          .message = plural(walk.passed_over(), "file is", "files are") + " no capture; skipped",
          .counts = {{"files", walk.passed_over()}}});
  }
  if (!stopped_ && !stop_requested()) exit = worse(exit, tell_of_directories(walk));
  tell_about_filter();
  has_told_ = true;
  return exit;
}

ExitCode FilesRun::take_all(savefile::Walk& walk, const OnBatch& on_batch, const OnFile& on_file,
                            const OnIdle& on_idle) {
  const StopOnSignal stop_on_signal{walk};
  paths_.clear();
  file_.reset();
  for (const InputFile& file : walk.files()) paths_.push_back(file.path);
  if (options_.input.merge) progress_.begin(plural(paths_.size(), "file", "files"), 0);
  ExitCode exit = ExitCode::done;
  Deadline deadline = on_idle ? Deadline::none() : Deadline::for_ever();
  for (bool goes_on = true; goes_on && !stopped_;) {
    const Batch batch = walk.next_batch(deadline);
    goes_on = !batch.is_last();
    captures_ = walk.captures();
    options_.input.times.check(walk.window());
    begin(walk);
    hand_over(walk, batch.packets, on_batch);
    const savefile::Reader* const reader = walk.reader();
    progress_.update(reader == nullptr ? 0 : reader->counts().stream_bytes, packets_);
    exit = worse(exit, tell_outcomes(walk, on_file));
    if (!on_idle) continue;
    const bool waits = goes_on && walk.read_packets().empty() && walk.outcomes().empty();
    if (waits) on_idle();
    deadline = waits ? Deadline::in(idle_period) : Deadline::none();
  }
  const bool is_half_read = stopped_ && walk.reader() != nullptr && !walk.context().ends_file;
  if (is_half_read) tell_of_file(walk, nullptr, on_file);
  if (!options_.input.merge) return exit;
  for (std::size_t i = 0; i < walk.files().size(); ++i) {
    tell_about_counts(walk.files()[i], walk.counts(i));
  }
  return exit;
}

void FilesRun::begin(const savefile::Walk& walk) {
  if (walk.reader() == nullptr || file_ == walk.file()) return;
  file_ = walk.file();
  progress_.begin(paths_[*file_], size_for_progress(paths_[*file_], *walk.reader()));
}

void FilesRun::hand_over(const savefile::Walk& walk, std::span<const Packet> in_window,
                         const OnBatch& on_batch) {
  CommandBatch to{walk.context()};
  to.unfiltered = walk.read_packets();
  if (!to.ends_file && to.unfiltered.empty() && to.blocks.empty()) return;
  to.in_window = in_window;
  to.packets = matching(in_window);
  to.first_number = walk.first_number();
  to.paths = paths_;
  if (!options_.input.merge) to.paths = to.paths.subspan(walk.file(), 1);
  to.origins = walk.origins();
  packets_ += to.unfiltered.size();
  stopped_ = !on_batch(to);
}

ExitCode FilesRun::tell_outcomes(const savefile::Walk& walk, const OnFile& on_file) {
  ExitCode exit = ExitCode::done;
  for (const savefile::FileOutcome& outcome : walk.outcomes()) {
    const savefile::Trouble* const trouble = outcome.trouble ? &*outcome.trouble : nullptr;
    if (walk.context().ends_file && walk.reader() != nullptr) tell_of_file(walk, trouble, on_file);
    if (trouble == nullptr || has_told_) continue;
    progress_.clear();
    const std::string path = outcome.file ? paths_[*outcome.file] : std::string{};
    exit = worse(exit, report(*trouble, options_.errors, path));
  }
  return exit;
}

void FilesRun::tell_of_file(const savefile::Walk& walk, const savefile::Trouble* damage,
                            const OnFile& on_file) {
  const InputFile& file = walk.files()[walk.file()];
  if (damage != nullptr) progress_.clear();
  if (on_file) on_file(file, *walk.reader(), damage);
  tell_about_counts(file, walk.reader()->counts());
}

/// A directory without a capture is a failure, however many other files there are.
ExitCode FilesRun::tell_of_directories(const savefile::Walk& walk) {
  ExitCode exit = ExitCode::done;
  for (const std::string& directory : walk.barren_directories()) {
    const Error barren{ErrorCode::not_a_capture, directory + ": no capture in this directory"};
    exit = worse(exit, report(savefile::Trouble{barren}, options_.errors, directory));
  }
  return exit;
}

std::span<const Packet> FilesRun::matching(std::span<const Packet> packets) {
  if (filter_.is_everything()) return packets;
  judged_ += packets.size();
  matching_.clear();
  filter_.select(packets, matching_);
  return matching_;
}

void FilesRun::tell_about_filter() {
  const std::vector<filter::Refusal> refusals = filter_.refusals();
  if (refusals.empty()) return;
  if (is_refused()) throw FilterError{refusals.back().error};
  const std::uint64_t packets = filter_.refused();
  tell({.kind = "filtered_link_type",
        .message =
            plural(packets, "packet", "packets") +
            " left out, the filter does not fit their link type: " + refusals.front().error.what(),
        .counts = {{"packets", packets}}});
}

void FilesRun::tell_about_counts(const InputFile& file, const savefile::ReaderCounts& counts) {
  if (counts.rounded_times != 0) {
    tell({.kind = "rounded_times",
          .message = file.path + ": " + plural(counts.rounded_times, "time stamp", "time stamps") +
                     " finer than a nanosecond, rounded down",
          .file = file.path,
          .counts = {{"packets", counts.rounded_times}}});
  }
  if (counts.no_timestamp != 0) {
    tell({.kind = "no_timestamp",
          .message = file.path + ": " + plural(counts.no_timestamp, "packet", "packets") +
                     " without a time, theirs are outside the years 1677 to 2262",
          .file = file.path,
          .counts = {{"packets", counts.no_timestamp}}});
  }
  if (counts.rounded_lengths != 0) {
    tell({.kind = "rounded_lengths",
          .message = file.path + ": " + plural(counts.rounded_lengths, "block", "blocks") +
                     " with a length that is no multiple of 4, read up to the next one",
          .file = file.path,
          .counts = {{"blocks", counts.rounded_lengths}}});
  }
  if (counts.skipped_regions == 0) return;
  skipped_ = true;
  tell({.kind = "skipped_damage",
        .message = file.path + ": " + plural(counts.skipped_bytes, "byte", "bytes") +
                   " skipped in " +
                   plural(counts.skipped_regions, "damaged place", "damaged places"),
        .file = file.path,
        .counts = {{"bytes", counts.skipped_bytes}, {"places", counts.skipped_regions}}});
}

void FilesRun::tell(const Note& note) {
  if (has_told_) return;
  progress_.clear();
  cli::tell(note, options_.errors);
}

}  // namespace weir::cli
