// savefile::Walk: opens file after file, keeps to the window, and notes what became of each.
#include "weir/savefile/walk.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "savefile/series/current_source.h"
#include "weir/error.h"
#include "weir/savefile/merged_reader.h"

namespace weir::savefile {
namespace {

bool is_no_capture(const Trouble& trouble) noexcept {
  return trouble.code == ErrorCode::not_a_capture || trouble.code == ErrorCode::empty_file ||
         (trouble.code == ErrorCode::unsupported_format && !trouble.is_beyond_limit);
}

bool is_timed(const Packet& packet) noexcept {
  return !has(packet.flags, PacketFlags::no_timestamp);
}

void add(ReaderCounts& sums, const ReaderCounts& counts) noexcept {
  sums.packets += counts.packets;
  sums.stream_bytes += counts.stream_bytes;
  sums.backward += counts.backward;
  sums.rounded_times += counts.rounded_times;
  sums.no_timestamp += counts.no_timestamp;
  sums.skipped_regions += counts.skipped_regions;
  sums.skipped_bytes += counts.skipped_bytes;
  sums.rounded_lengths += counts.rounded_lengths;
}

void check(std::span<const InputFile> files, const WalkOptions& options) {
  const auto refuse = [](const std::string& why) { throw Error{ErrorCode::invalid_argument, why}; };
  const bool needs_end = options.window.needs_end();
  if (options.reader.follow && (files.size() > 1 || options.merge || needs_end)) {
    refuse("walk: what is followed is one file, and has no end yet");
  }
  const auto is_elsewhere = [](const InputFile& file) { return file.memory || file.descriptor; };
  if (options.merge && std::ranges::any_of(files, is_elsewhere)) {
    refuse("merge: what is merged has to be files");
  }
  const auto stream = std::ranges::find_if(files, is_stream);
  if (needs_end && stream != files.end()) {
    refuse("walk: " + stream->path + " has no end before it has been read");
  }
  if (options.merge && std::ranges::count(files, "-", &InputFile::path) > 1) {
    refuse("merge: standard input can be read once only");
  }
}

}  // namespace

Trouble::Trouble(const Error& error)
    : code{error.code()},
      message{error.what()},
      is_beyond_limit{dynamic_cast<const BeyondLimit*>(&error) != nullptr} {
  if (const auto* format = dynamic_cast<const FormatError*>(&error)) offset = format->offset();
  if (const auto* system = dynamic_cast<const SystemError*>(&error)) {
    system_error = system->system_code().value();
  }
}

struct Walk::State {
  std::vector<InputFile> files;
  WalkOptions options;
  CurrentSource current;
  std::optional<Reader> reader;
  std::optional<MergedReader> merged;
  Source* source = nullptr;  // one of them; null between files
  bool has_begun = false;
  bool is_over = false;  // the source; it stays until the next call
  std::size_t file = 0;
  std::size_t next_file = 0;
  std::vector<FileOutcome> outcomes;  // since the batch before
  std::vector<FileOutcome> troubles;  // of all up to now
  std::span<const Packet> packets;    // of the batch, in the window or not
  std::vector<Packet> in_window;
  std::uint64_t first_number = 1;
  Timestamp latest = Timestamp::min();
  std::vector<ReaderCounts> counts;  // of files that are done with
  ReaderCounts merged_counts;        // and of all, where they were merged
  std::uint64_t captures = 0;
  std::uint64_t passed_over = 0;
  std::map<std::string, bool> directories;  // whether a capture was in them

  State(std::vector<InputFile> all, WalkOptions chosen);

  Batch next(Deadline deadline);

 private:
  void look_for_end();
  std::optional<Timestamp> last_time(const InputFile& file);
  bool open_next();
  bool open(std::size_t index);
  bool open_merged();
  void note_capture(std::size_t index);
  void refuse(std::size_t index, const Error& error, bool is_capture);
  void tell(FileOutcome outcome);
  void tell_of_whole_files();
  /// From now on stop() reaches it.
  void reach(Source& one) noexcept {
    current.set(&one);
    if (current.is_stopped()) one.stop();
  }
  Batch read(Deadline deadline);
  void finish(const Error* error);
  void close();
  std::span<const Packet> windowed(std::span<const Packet> all);
  [[nodiscard]] Batch batch(SourceState state, std::span<const Packet> some = {}) const noexcept {
    if (latest == Timestamp::min()) return {some, state};
    // What is behind the window says nothing about time in it: a later file may go on there.
    return {some, state, std::min(latest, options.window.last())};
  }
};

Walk::State::State(std::vector<InputFile> all, WalkOptions chosen) : options{std::move(chosen)} {
  for (InputFile& one : all) {
    if (!one.directory.empty()) directories.try_emplace(one.directory, false);
    if (one.path != one.directory) files.push_back(std::move(one));
  }
  check(files, options);
  counts.resize(files.size());
}

Batch Walk::State::next(Deadline deadline) {
  outcomes.clear();
  first_number += packets.size();
  packets = {};
  if (is_over) close();
  if (!has_begun && options.window.needs_end()) look_for_end();
  has_begun = true;
  if (source == nullptr) {
    if (current.is_stopped()) return batch(SourceState::stopped);
    if (next_file == files.size()) return batch(SourceState::end);
    if (!open_next()) {
      return batch(current.is_stopped() ? SourceState::stopped : SourceState::timeout);
    }
  }
  return read(deadline);
}

void Walk::State::look_for_end() {
  std::optional<Timestamp> last;
  for (const InputFile& one : files) {
    if (current.is_stopped()) return;
    last = std::max(last, last_time(one));
  }
  if (last && !current.is_stopped()) options.window.end_at(*last);
}

// What is wrong with a file is told when it is read again.
std::optional<Timestamp> Walk::State::last_time(const InputFile& one) {
  std::optional<Timestamp> last;
  try {
    reader.emplace(open_input(one, options.reader));
    reach(*reader);
    for (const Packet& packet : *reader) {
      if (is_timed(packet)) last = std::max(last.value_or(packet.timestamp), packet.timestamp);
    }
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
  current.set(nullptr);
  reader.reset();
  return last;
}

bool Walk::State::open_next() {
  if (!options.merge) return open(next_file++);
  next_file = files.size();
  return open_merged();
}

bool Walk::State::open(std::size_t index) {
  file = index;
  try {
    reader.emplace(open_input(files[index], options.reader));
  } catch (const Error& error) {
    refuse(index, error, false);
    return false;
  }
  note_capture(index);
  source = &*reader;
  reach(*source);
  return true;
}

bool Walk::State::open_merged() {
  std::vector<std::string> paths;
  for (const InputFile& one : files) paths.push_back(one.path);
  const auto on_error = [this](const MergeFailure& failure) {
    if (source == nullptr && current.is_stopped()) throw;  // else the next pipe is waited for
    refuse(failure.file, failure.error, failure.is_capture);
  };
  try {
    merged.emplace(std::move(paths), MergedReaderOptions{options.reader, on_error});
  } catch (const Error& error) {
    if (!current.is_stopped()) tell({.trouble = Trouble{error}});
    // Nobody knows whether there is a capture in them.
    for (auto& [directory, has_capture] : directories) has_capture = true;
    return false;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (merged->counts(i).stream_bytes != 0) note_capture(i);
  }
  source = &*merged;
  reach(*source);
  return true;
}

void Walk::State::note_capture(std::size_t index) {
  ++captures;
  if (!files[index].directory.empty()) directories[files[index].directory] = true;
}

// What fails once the walk is stopped was stopped.
void Walk::State::refuse(std::size_t index, const Error& error, bool is_capture) {
  Trouble trouble{error};
  const std::string& directory = files[index].directory;
  if (!directory.empty() && !is_capture && is_no_capture(trouble)) {
    ++passed_over;
    return;
  }
  if (!directory.empty()) directories[directory] = true;
  if (current.is_stopped()) return;
  tell({index, is_capture, std::move(trouble)});
}

void Walk::State::tell(FileOutcome outcome) {
  if (outcome.trouble) troubles.push_back(outcome);
  outcomes.push_back(std::move(outcome));
}

// Of merged files. Those that failed have been told of.
void Walk::State::tell_of_whole_files() {
  std::vector<bool> has_failed(files.size());
  for (const FileOutcome& one : troubles) {
    if (one.file) has_failed[*one.file] = true;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!has_failed[i] && merged->counts(i).stream_bytes != 0) tell({i, true});
  }
}

Batch Walk::State::read(Deadline deadline) {
  Batch got;
  try {
    got = source->next_batch(deadline);
  } catch (const Error& error) {
    finish(&error);
    return batch(SourceState::timeout);
  }
  if (!got.packets.empty()) latest = std::max(latest, got.now);
  if (got.is_last()) {
    finish(nullptr);
    return batch(got.state == SourceState::end ? SourceState::timeout : got.state);
  }
  packets = got.packets;
  if (packets.empty()) return batch(got.state);
  const std::span<const Packet> wanted = windowed(packets);
  return batch(wanted.empty() ? SourceState::timeout : SourceState::packets, wanted);
}

void Walk::State::finish(const Error* error) {
  is_over = true;
  std::optional<Trouble> trouble;
  if (error != nullptr) trouble.emplace(*error);
  if (reader) {
    tell({file, true, std::move(trouble)});
  } else if (trouble) {
    tell({.trouble = std::move(trouble)});
  } else {
    tell_of_whole_files();
  }
}

void Walk::State::close() {
  current.set(nullptr);
  source = nullptr;
  if (reader) counts[file] = reader->counts();
  if (merged) {
    for (std::size_t i = 0; i < files.size(); ++i) counts[i] = merged->counts(i);
    merged_counts = merged->counts();
  }
  reader.reset();
  merged.reset();
  first_number = 1;
  is_over = false;
}

std::span<const Packet> Walk::State::windowed(std::span<const Packet> all) {
  TimeWindow& window = options.window;
  if (window.is_everything()) return all;
  in_window.clear();
  if (window.needs_end()) return in_window;
  if (window.needs_start()) {
    const auto timed = std::ranges::find_if(all, is_timed);
    if (timed == all.end()) return in_window;
    window.start_at(timed->timestamp);
  }
  std::ranges::copy_if(all, std::back_inserter(in_window),
                       [&](const Packet& packet) { return window.holds(packet); });
  return in_window;
}

Walk::Walk(std::vector<InputFile> files, WalkOptions options)
    : state_{std::make_unique<State>(std::move(files), std::move(options))} {}
Walk::Walk(Walk&&) noexcept = default;
Walk& Walk::operator=(Walk&&) noexcept = default;
Walk::~Walk() = default;

std::shared_ptr<const void> Walk::keep_batch() {
  return state_->source == nullptr ? nullptr : state_->source->keep_batch();
}

Batch Walk::next(Deadline deadline) { return state_->next(deadline); }

std::span<const Interface> Walk::interfaces() const noexcept {
  return state_->source == nullptr ? std::span<const Interface>{} : state_->source->interfaces();
}

BatchContext Walk::context() const noexcept {
  if (state_->source == nullptr) return {};
  BatchContext context = state_->source->context();
  context.ends_file = state_->is_over;
  return context;
}

void Walk::stop() noexcept { state_->current.stop(); }

std::span<const InputFile> Walk::files() const noexcept { return state_->files; }
std::size_t Walk::file() const noexcept { return state_->file; }
const Reader* Walk::reader() const noexcept { return state_->reader ? &*state_->reader : nullptr; }
std::span<const FileOutcome> Walk::outcomes() const noexcept { return state_->outcomes; }
std::span<const FileOutcome> Walk::troubles() const noexcept { return state_->troubles; }

std::span<const Packet> Walk::read_packets() const noexcept { return state_->packets; }
std::uint64_t Walk::first_number() const noexcept { return state_->first_number; }
std::span<const std::uint32_t> Walk::origins() const noexcept {
  return state_->source == nullptr ? std::span<const std::uint32_t>{} : state_->source->origins();
}
const TimeWindow& Walk::window() const noexcept { return state_->options.window; }

ReaderCounts Walk::counts() const noexcept {
  const State& state = *state_;
  if (state.options.merge) return state.merged ? state.merged->counts() : state.merged_counts;
  ReaderCounts sums;
  for (const ReaderCounts& counts : state.counts) add(sums, counts);
  if (state.reader) add(sums, state.reader->counts());
  return sums;
}

ReaderCounts Walk::counts(std::size_t file) const noexcept {
  const State& state = *state_;
  if (state.merged) return state.merged->counts(file);
  return state.reader && file == state.file ? state.reader->counts() : state.counts[file];
}

std::uint64_t Walk::captures() const noexcept { return state_->captures; }
std::uint64_t Walk::passed_over() const noexcept { return state_->passed_over; }

std::vector<std::string> Walk::barren_directories() const {
  std::vector<std::string> barren;
  for (const auto& [directory, has_capture] : state_->directories) {
    if (!has_capture) barren.push_back(directory);
  }
  return barren;
}

}  // namespace weir::savefile
