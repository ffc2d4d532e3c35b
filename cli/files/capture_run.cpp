// The loop every command that reads captures shares.
#include "cli/files/capture_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "cli/filter/filter_suggestion.h"
#include "cli/nearest.h"
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

/// What is right for some link type is filter_link_type.
bool is_wrong_everywhere(const FilterError& refusal) noexcept {
  return refusal.code() == ErrorCode::filter_syntax;
}

bool exists(const std::string& path) {
  std::error_code problem;
  return std::filesystem::exists(path, problem);
}

/// "not": a word of filters behind which something is missing, and not a mistyped file.
bool is_unfinished(const FilterError& refusal, const Input& input) {
  return input.doubtful_word == input.filter && refusal.position() == input.filter.size() &&
         !exists(input.doubtful_word);
}

std::string not_a_filter(const std::string& word) {
  if (!exists(word)) return "no such file, and not a filter: " + word;
  return "not a filter, and a file behind the first needs a path: ./" + word;
}

std::span<const std::uint32_t> origins_of(const savefile::Reader&) noexcept { return {}; }
std::span<const std::uint32_t> origins_of(const savefile::MergedReader& reader) noexcept {
  return reader.origins();
}

bool looks_names_up(const std::string& expression) {
  try {
    static_cast<void>(filter::compile(expression, LinkType::ethernet, {.allow_names = false}));
    return false;
  } catch (const FilterError&) {
    return true;
  }
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

using Sections = std::span<const std::shared_ptr<const Section>>;
Sections sections_of(const savefile::Reader& reader) noexcept { return reader.sections(); }
Sections sections_of(const savefile::MergedReader&) noexcept { return {}; }

}  // namespace

FilterError never_matches(const std::string& expression) {
  return {ErrorCode::filter_rejects_all, expression, "the filter can never match"};
}

LinkFilters::LinkFilters(const Input& input, filter::Engine engine,
                         std::shared_ptr<Compilations> compilations)
    : expression_{input.filter}, engine_{engine}, compilations_{std::move(compilations)} {
  const Program& program = program_for(LinkType::ethernet);
  if (!program.refusal || !is_wrong_everywhere(*program.refusal)) return;
  if (!input.doubtful_word.empty() && !is_unfinished(*program.refusal, input)) {
    throw UsageError{not_a_filter(input.doubtful_word) +
                     did_you_mean(suggested_filter(expression_))};
  }
  throw FilterError{*program.refusal};
}

void LinkFilters::prepare() {
  const std::span<const LinkType> all = usual_link_types();
  std::size_t count = engine_ == filter::Engine::jit ? all.size() : most_usual;
  // A host may be looked up far away, and is once more for each of them.
  if (looks_names_up(expression_)) count = 4;
  // A long filter takes up to half a second for each: those there is no time for run interpreted.
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds usual_time{100}, measuring_time{300};
  const auto until = Clock::now() + (engine_ == filter::Engine::jit ? measuring_time : usual_time);
  for (const LinkType type : all.first(count)) {
    if (Clock::now() > until) break;
    try {
      program_for(type);
    } catch (const Error&) {
      programs_.erase(type);  // its packets may never come
    }
  }
  is_prepared_ = true;
}

template <class Take>
void LinkFilters::for_runs(std::span<const Packet> packets, Take take) {
  while (!packets.empty()) {
    std::size_t same = 1;
    while (same < packets.size() && packets[same].link_type == packets[0].link_type) ++same;
    Program& program = program_for(packets[0].link_type);
    program.met = true;
    if (program.filter) {
      take(*program.filter, packets.first(same));
    } else {
      refused_packets_ += same;
    }
    packets = packets.subspan(same);
  }
}

std::span<const Packet> LinkFilters::select(std::span<const Packet> packets) {
  selected_.clear();
  for_runs(packets, [this](const filter::Filter& filter, std::span<const Packet> run) {
    filter.select(run, selected_);
  });
  return selected_;
}

std::uint64_t LinkFilters::count(std::span<const Packet> packets) {
  std::uint64_t count = 0;
  for_runs(packets, [&count](const filter::Filter& filter, std::span<const Packet> run) {
    count += filter.count(run);
  });
  return count;
}

LinkFilters::Program& LinkFilters::program_for(LinkType type) {
  const auto [entry, is_new] = programs_.try_emplace(type);
  Program& program = entry->second;
  if (!is_new) return program;
  try {
    const bool is_late = is_prepared_ && engine_ == filter::Engine::jit;
    program.filter.emplace(compilations_->of(type), type, is_late ? filter::Engine::best : engine_);
    if (program.filter->rejects_all()) {
      program.filter.reset();
      program.refusal.emplace(never_matches(expression_));
    }
  } catch (const FilterError& refusal) {
    program.refusal.emplace(refusal);
  }
  return program;
}

const FilterError* LinkFilters::refused_by_all() const noexcept {
  const FilterError* refusal = nullptr;
  for (const auto& [type, program] : programs_) {
    if (!program.met) continue;
    if (program.filter) return nullptr;
    refusal = &*program.refusal;
  }
  return refusal;
}

void LinkFilters::finish() const {
  if (const FilterError* refusal = refused_by_all()) throw FilterError{*refusal};
}

std::string LinkFilters::refusal() const {
  for (const auto& [type, program] : programs_) {
    if (program.met && program.refusal) return program.refusal->what();
  }
  return {};
}

CaptureRun::CaptureRun(CaptureRunOptions options)
    : options_{std::move(options)},
      compilations_{std::make_shared<Compilations>(
          options_.input.filter,
          filter::CompileOptions{.allow_names = options_.filter.allow_names})} {
  if (options_.input.filter.empty()) return;
  filters_.emplace(options_.input, options_.filter.engine, compilations_);
}

void CaptureRun::confine(FileSandbox& sandbox, FileNeeds needs) {
  const bool needs_end = options_.input.window.needs_end();
  if (needs_end) check_can_be_read_twice(needs.inputs);
  if (!sandbox.is_wanted()) return;
  if (filters_) filters_->prepare();
  if (!options_.input.filter.empty()) needs.compilations = compilations_;
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
  if (filters_) tell_about_filter();
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

template <class Source>
void CaptureRun::walk(Source& source, std::span<const std::string> paths, const OnBatch& on_batch,
                      const OnIdle& on_idle, const std::function<void(const Error&)>& on_damage) {
  const StopOnSignal stop_on_signal{source};
  Deadline deadline = on_idle ? Deadline::none() : Deadline::for_ever();
  CaptureBatch to{.first_number = 1, .paths = paths};
  const auto hand_over = [&](std::span<const Packet> packets) {
    to.unfiltered = packets;
    to.in_window = in_window(packets);
    to.packets = filters_ ? filters_->select(to.in_window) : to.in_window;
    to.interfaces = source.interfaces();
    to.sections = sections_of(source);
    to.statistics = source.statistics();
    to.origins = origins_of(source);
    packets_ += packets.size();
    stopped_ = !on_batch(to);
    to.first_number += packets.size();
  };
  while (!to.is_last && !stopped_) {
    Batch batch;
    try {
      batch = source.next_batch(deadline);
    } catch (const Error& damage) {
      to.is_last = true;
      to.blocks = {};
      hand_over({});
      on_damage(damage);
      return;
    }
    to.is_last = batch.state == SourceState::end || batch.state == SourceState::stopped;
    to.blocks = source.blocks();
    if (to.is_last || !batch.packets.empty() || !to.blocks.empty()) hand_over(batch.packets);
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

void CaptureRun::tell_about_filter() {
  filters_->finish();
  const std::uint64_t packets = filters_->refused_packets();
  if (packets == 0) return;
  tell({.kind = "filtered_link_type",
        .message = plural(packets, "packet", "packets") +
                   " left out, the filter does not fit their link type: " + filters_->refusal(),
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
