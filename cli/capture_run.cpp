// The loop every command that reads captures shares.
#include "capture_run.h"

#include <filesystem>

#include "stop_signal.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

bool is_no_capture(ErrorCode code) noexcept {
  return code == ErrorCode::not_a_capture || code == ErrorCode::empty_file ||
         code == ErrorCode::unsupported_format;
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

std::string not_a_filter(const std::string& word) {
  std::error_code problem;
  if (!std::filesystem::exists(word, problem)) return "no such file, and not a filter: " + word;
  return "not a filter, and a file behind the first needs a path: ./" + word;
}

}  // namespace

FilterError never_matches(const std::string& expression) {
  return {ErrorCode::filter_rejects_all, expression, "the filter can never match: " + expression};
}

const filter::Compiled& Compilations::of(LinkType type) {
  auto entry = compiled_.find(type);
  if (entry == compiled_.end()) {
    try {
      entry = compiled_.emplace(type, filter::compile(expression_, type, options_)).first;
    } catch (const FilterError& refusal) {
      entry = compiled_.emplace(type, std::unexpected{refusal}).first;
    }
  }
  if (!entry->second) throw FilterError{entry->second.error()};
  return *entry->second;
}

LinkFilters::LinkFilters(const Input& input, filter::Engine engine,
                         std::shared_ptr<Compilations> compilations)
    : expression_{input.filter}, engine_{engine}, compilations_{std::move(compilations)} {
  const Program& program = program_for(LinkType::ethernet);
  if (!program.refusal || !is_wrong_everywhere(*program.refusal)) return;
  if (!input.doubtful_word.empty()) throw UsageError{not_a_filter(input.doubtful_word)};
  throw FilterError{*program.refusal};
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
    program.filter.emplace(compilations_->of(type), type, engine_);
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

ExitCode CaptureRun::run(const std::vector<InputFile>& files, const OnBatch& on_batch,
                         const OnFile& on_file) {
  ExitCode exit = ExitCode::done;
  progress_.start();
  for (const InputFile& file : files) {
    if (stopped_ || stop_requested()) break;
    exit = worse(exit, read_file(file, on_batch, on_file));
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
  } catch (const Error& error) {
    if (!file.directory.empty() && is_no_capture(error.code())) {
      ++no_captures_;
      return reader;
    }
    if (!stop_requested()) {
      progress_.clear();
      exit = report_exception(options_.errors, file.path);
    }
  }
  if (reader) ++captures_;
  if (!file.directory.empty()) directories_[file.directory] = true;
  return reader;
}

ExitCode CaptureRun::read_file(const InputFile& file, const OnBatch& on_batch,
                               const OnFile& on_file) {
  ExitCode exit = ExitCode::done;
  std::optional<savefile::Reader> reader = open(file, exit);
  if (!reader) return exit;
  progress_.begin(file.path, size_for_progress(file.path, *reader));
  const StopOnSignal stop_on_signal{*reader};
  std::uint64_t number = 1;
  for (;;) {
    Batch batch;
    try {
      batch = reader->next_batch();
    } catch (const Error& damage) {
      progress_.clear();
      if (on_file) on_file(file, *reader, &damage);
      tell_about_counts(file, reader->counts());
      return report_exception(options_.errors, file.path);
    }
    if (batch.state == SourceState::end || batch.state == SourceState::stopped) break;
    if (batch.packets.empty()) continue;
    const auto packets = filters_ ? filters_->select(batch.packets) : batch.packets;
    packets_ += batch.packets.size();
    stopped_ = !on_batch({file.path, *reader, packets, batch.packets, number});
    if (stopped_) break;
    number += batch.packets.size();
    progress_.update(reader->counts().stream_bytes, packets_);
  }
  if (on_file) on_file(file, *reader, nullptr);
  tell_about_counts(file, reader->counts());
  return ExitCode::done;
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
