// The loop every command that reads captures shares.
#include "cli/files/capture_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "cli/filter/input_filter.h"
#include "cli/stop_signal.h"
#include "weir/error.h"
#include "weir/savefile/merged_reader.h"

namespace weir::cli {
namespace {

constexpr std::chrono::milliseconds idle_period{200};

bool is_no_capture(const Error& error) noexcept {
  const ErrorCode code = error.code();
  return code == ErrorCode::not_a_capture || code == ErrorCode::empty_file ||
         (code == ErrorCode::unsupported_format &&
          dynamic_cast<const savefile::BeyondLimit*>(&error) == nullptr);
}

/// Bytes a plain file has; 0 where that says nothing about the share that was read.
std::uint64_t size_for_progress(const std::string& path, const savefile::Reader& reader) {
  if (reader.compression() != savefile::Compression::none) return 0;
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  return problem ? 0 : size;
}

/// Where times are counted from the end every file is read twice.
void check_can_be_read_twice(const std::vector<InputFile>& files) {
  for (const InputFile& file : files) {
    std::error_code problem;
    const bool is_stream = file.path == "-" || std::filesystem::is_fifo(file.path, problem);
    if (!is_stream) continue;
    throw UsageError{"--since and --until: " + (file.path == "-" ? "standard input" : file.path) +
                     " has no end before it has been read; say a time instead"};
  }
}

}  // namespace

CaptureRun::CaptureRun(CaptureRunOptions options)
    : options_{std::move(options)}, filter_{input_filter(options_.input, options_.filter)} {}

void CaptureRun::confine(FileSandbox& sandbox, FileNeeds needs) {
  const bool needs_end = options_.input.window.needs_end();
  if (needs_end) check_can_be_read_twice(needs.inputs);
  if (!sandbox.is_wanted()) return;
  needs.filter = filter_;
  if (!filter_.is_everything()) {
    prepare_usual(filter_, options_.filter.engine == filter::Engine::jit);
  }
  needs.opens_again = needs.opens_again || needs_end || options_.input.merge;
  sandbox.enter(needs);
}

ExitCode CaptureRun::run(const std::vector<InputFile>& files, const OnBatch& on_batch,
                         const OnFile& on_file, const OnIdle& on_idle) {
  ExitCode exit = ExitCode::done;
  progress_.start();
  if (options_.input.window.needs_end()) look_for_end(files);
  if (options_.input.merge) exit = read_merged(files, on_batch, on_idle);
  for (const InputFile& file : files) {
    if (options_.input.merge || stopped_ || stop_requested()) break;
    exit = worse(exit, read_file(file, on_batch, on_file, on_idle));
  }
  progress_.clear();
  if (no_captures_ != 0) {
    tell({.kind = "not_a_capture",
          .message = plural(no_captures_, "file is", "files are") + " no capture; skipped",
          .counts = {{"files", no_captures_}}});
  }
  if (!stopped_ && !stop_requested()) exit = worse(exit, check_directories());
  tell_about_filter();
  return exit;
}

void CaptureRun::note_capture(const InputFile& file) {
  ++captures_;
  if (!file.directory.empty()) directories_[file.directory] = true;
}

std::optional<savefile::Reader> CaptureRun::open(const InputFile& file, ExitCode& exit) {
  std::optional<savefile::Reader> reader;
  if (!file.directory.empty()) directories_.try_emplace(file.directory, false);
  if (file.path == file.directory) return reader;
  try {
    if (file.path == "-") {
      reader.emplace(savefile::Reader::standard_input(options_.reader));
    } else {
      reader.emplace(file.path, options_.reader);
    }
    note_capture(file);
  } catch (const Error& error) {
    exit = refuse(file, error);
  }
  return reader;
}

// Tells of what could not be read. Call where `error` is handled.
ExitCode CaptureRun::refuse(const InputFile& file, const Error& error) {
  if (!file.directory.empty() && is_no_capture(error)) {
    ++no_captures_;
    return ExitCode::done;
  }
  if (!file.directory.empty()) directories_[file.directory] = true;
  if (stop_requested()) return ExitCode::done;
  progress_.clear();
  return report_exception(options_.errors, file.path);
}

ExitCode CaptureRun::read_file(const InputFile& file, const OnBatch& on_batch,
                               const OnFile& on_file, const OnIdle& on_idle) {
  ExitCode exit = ExitCode::done;
  std::optional<savefile::Reader> reader = open(file, exit);
  if (!reader) return exit;
  progress_.begin(file.path, size_for_progress(file.path, *reader));
  bool is_damaged = false;
  walk(*reader, {&file.path, 1}, on_batch, on_idle, [&](const Error& damage) {
    is_damaged = true;
    progress_.clear();
    if (on_file) on_file(file, *reader, &damage);
    tell_about_counts(file, reader->counts());
    exit = report_exception(options_.errors, file.path);
  });
  if (is_damaged) return exit;
  if (on_file) on_file(file, *reader, nullptr);
  tell_about_counts(file, reader->counts());
  return exit;
}

ExitCode CaptureRun::read_merged(const std::vector<InputFile>& all, const OnBatch& on_batch,
                                 const OnIdle& on_idle) {
  ExitCode exit = ExitCode::done;
  std::vector<InputFile> files;
  std::vector<std::string> paths;
  for (const InputFile& file : all) {
    if (!file.directory.empty()) directories_.try_emplace(file.directory, false);
    if (file.path == file.directory) continue;
    files.push_back(file);
    paths.push_back(file.path);
  }
  std::optional<savefile::MergedReader> reader;
  const auto on_error = [&](std::size_t index, const Error& error) {
    if (!reader && stop_requested()) throw;  // else the next pipe would be waited for
    exit = worse(exit, refuse(files[index], error));
  };
  try {
    reader.emplace(paths, savefile::MergedReaderOptions{options_.reader, on_error});
  } catch (const Error&) {
    if (!stop_requested()) throw;
    return exit;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (reader->counts(i).stream_bytes != 0) note_capture(files[i]);
  }
  progress_.begin(plural(files.size(), "file", "files"), 0);
  walk(*reader, paths, on_batch, on_idle, [&](const Error&) {
    progress_.clear();
    exit = worse(exit, report_exception(options_.errors, {}));
  });
  for (std::size_t i = 0; i < files.size(); ++i) tell_about_counts(files[i], reader->counts(i));
  return exit;
}

void CaptureRun::walk(savefile::Source& source, std::span<const std::string> paths,
                      const OnBatch& on_batch, const OnIdle& on_idle,
                      const std::function<void(const Error&)>& on_damage) {
  const StopOnSignal stop_on_signal{source};
  Deadline deadline = on_idle ? Deadline::none() : Deadline::for_ever();
  CaptureBatch to;
  to.first_number = 1;
  to.paths = paths;
  const auto hand_over = [&](std::span<const Packet> packets) {
    to.unfiltered = packets;
    to.in_window = in_window(packets);
    to.packets = matching(to.in_window);
    to.origins = source.origins();
    packets_ += packets.size();
    stopped_ = !on_batch(to);
    to.first_number += packets.size();
  };
  bool has_ended = false;
  while (!has_ended && !stopped_) {
    Batch batch;
    try {
      batch = source.next_batch(deadline);
    } catch (const Error& damage) {
      static_cast<BatchContext&>(to) = source.context();
      to.ends_file = true;
      hand_over({});
      on_damage(damage);
      return;
    }
    has_ended = batch.is_last();
    static_cast<BatchContext&>(to) = source.context();
    to.ends_file = has_ended;
    if (has_ended || !batch.packets.empty() || !to.blocks.empty()) hand_over(batch.packets);
    progress_.update(source.counts().stream_bytes, packets_);
    if (!on_idle) continue;
    const bool waits =
        batch.state == SourceState::timeout || batch.state == SourceState::would_block;
    if (waits) on_idle();
    deadline = waits ? Deadline::in(idle_period) : Deadline::none();
  }
}

// Reads every file once before; what is wrong with one is told when it is read again.
void CaptureRun::look_for_end(const std::vector<InputFile>& files) {
  std::optional<Timestamp> last;
  for (const InputFile& file : files) {
    if (file.path == file.directory || stop_requested()) continue;
    try {
      savefile::Reader reader{file.path, options_.reader};
      for (const Packet& packet : reader) {
        if (has(packet.flags, PacketFlags::no_timestamp)) continue;
        last = std::max(last.value_or(packet.timestamp), packet.timestamp);
      }
    } catch (const Error&) {
      continue;
    }
  }
  if (last) options_.input.window.end_at(*last);
}

std::span<const Packet> CaptureRun::in_window(std::span<const Packet> packets) {
  TimeWindow& window = options_.input.window;
  if (window.is_everything()) return packets;
  in_window_.clear();
  if (window.needs_end()) return in_window_;
  if (window.needs_start()) {
    const auto timed = std::ranges::find_if(packets, [](const Packet& packet) {
      return !has(packet.flags, PacketFlags::no_timestamp);
    });
    if (timed == packets.end()) return in_window_;
    window.start_at(timed->timestamp);
  }
  std::ranges::copy_if(packets, std::back_inserter(in_window_),
                       [&](const Packet& packet) { return window.holds(packet); });
  return in_window_;
}

/// A directory without a capture is a failure, however many other files there are.
ExitCode CaptureRun::check_directories() {
  ExitCode exit = ExitCode::done;
  for (const auto& [directory, has_capture] : directories_) {
    if (has_capture) continue;
    try {
      throw Error{ErrorCode::not_a_capture, directory + ": no capture in this directory"};
    } catch (const Error&) {
      exit = worse(exit, report_exception(options_.errors, directory));
    }
  }
  return exit;
}

std::span<const Packet> CaptureRun::matching(std::span<const Packet> packets) {
  if (filter_.is_everything()) return packets;
  judged_ += packets.size();
  matching_.clear();
  filter_.select(packets, matching_);
  return matching_;
}

void CaptureRun::tell_about_filter() {
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

void CaptureRun::tell_about_counts(const InputFile& file, const savefile::ReaderCounts& counts) {
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

void CaptureRun::tell(const Note& note) {
  progress_.clear();
  cli::tell(note, options_.errors);
}

}  // namespace weir::cli
