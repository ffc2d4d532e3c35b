// The loop every command that reads captures shares.
#include "capture_run.h"

#include <cstdio>
#include <filesystem>

#include "stop_signal.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

savefile::Reader open(const std::string& path, savefile::ReaderOptions options) {
  if (path == "-") return savefile::Reader::standard_input(options);
  return savefile::Reader{path, options};
}

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

}  // namespace

std::span<const Packet> LinkFilters::select(std::span<const Packet> packets) {
  selected_.clear();
  while (!packets.empty()) {
    std::size_t same = 1;
    while (same < packets.size() && packets[same].link_type == packets[0].link_type) ++same;
    const Program& program = program_for(packets[0].link_type);
    if (program.filter) {
      program.filter->select(packets.first(same), selected_);
    } else {
      refused_packets_ += same;
    }
    packets = packets.subspan(same);
  }
  return selected_;
}

const LinkFilters::Program& LinkFilters::program_for(LinkType type) {
  const auto [entry, is_new] = programs_.try_emplace(type);
  if (is_new) {
    try {
      entry->second.filter.emplace(expression_, type, options_);
    } catch (const FilterError& refusal) {
      entry->second.refusal.emplace(refusal);
    }
  }
  return entry->second;
}

void LinkFilters::finish() const {
  if (programs_.empty()) {
    const filter::Filter check{expression_, LinkType::ethernet, options_};
    return;
  }
  for (const auto& [type, program] : programs_) {
    if (program.filter) return;
  }
  throw FilterError{*programs_.begin()->second.refusal};
}

std::string LinkFilters::refusal() const {
  for (const auto& [type, program] : programs_) {
    if (program.refusal) return program.refusal->what();
  }
  return {};
}

CaptureRun::CaptureRun(CaptureRunOptions options) : options_{std::move(options)} {
  if (!options_.filter.empty()) filters_.emplace(options_.filter, options_.allow_names);
}

ExitCode CaptureRun::run(const std::vector<InputFile>& files, const OnBatch& on_batch,
                         const OnFile& on_file) {
  ExitCode exit = ExitCode::done;
  std::size_t tried = 0;
  for (const InputFile& file : files) {
    if (stopped_ || stop_requested()) break;
    ++tried;
    exit = worse(exit, read_file(file, on_batch, on_file));
  }
  progress_.clear();
  if (no_captures_ != 0) tell(std::to_string(no_captures_) + " files are no captures; skipped");
  if (tried == no_captures_ && !stop_requested()) {
    tell("no capture found");
    exit = worse(exit, ExitCode::failed);
  }
  if (!filters_) return exit;
  filters_->finish();
  if (filters_->refused_packets() != 0) {
    tell(std::to_string(filters_->refused_packets()) +
         " packets left out, the filter does not fit their link type: " + filters_->refusal());
  }
  return exit;
}

ExitCode CaptureRun::read_file(const InputFile& file, const OnBatch& on_batch,
                               const OnFile& on_file) {
  std::optional<savefile::Reader> reader;
  try {
    reader.emplace(open(file.path, options_.reader));
  } catch (const Error& error) {
    if (file.from_directory && is_no_capture(error.code())) {
      ++no_captures_;
      return ExitCode::done;
    }
    progress_.clear();
    return report_exception(options_.errors, file.path);
  }
  progress_.begin(file.path, size_for_progress(file.path, *reader));
  const StopOnSignal stop_on_signal{*reader};
  try {
    read_packets(file, *reader, on_batch);
  } catch (const FormatError& damage) {
    progress_.clear();
    if (on_file) on_file(file, *reader, &damage);
    return report_exception(options_.errors, file.path);
  }
  if (on_file) on_file(file, *reader, nullptr);
  return ExitCode::done;
}

void CaptureRun::read_packets(const InputFile& file, savefile::Reader& reader,
                              const OnBatch& on_batch) {
  std::uint64_t number = 1;
  for (;;) {
    const Batch batch = reader.next_batch();
    if (batch.state == SourceState::end || batch.state == SourceState::stopped) return;
    if (batch.packets.empty()) continue;
    const auto packets = filters_ ? filters_->select(batch.packets) : batch.packets;
    packets_ += batch.packets.size();
    if (!on_batch({file.path, reader, packets, batch.packets, number})) {
      stopped_ = true;
      return;
    }
    number += batch.packets.size();
    progress_.update(reader.counts().stream_bytes, packets_);
  }
}

void CaptureRun::tell(const std::string& note) {
  progress_.clear();
  if (options_.errors == ErrorStyle::text) std::fprintf(stderr, "weir: %s\n", note.c_str());
}

}  // namespace weir::cli
