// Writes what a command selected, and says what became of it.
#include "cli/output/savefile_output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "cli/exit_code.h"
#include "cli/output/output_file.h"
#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

std::optional<struct stat> status_of(const std::string& path, int standard_descriptor) {
  struct stat status{};
  const int wrong =
      path == "-" ? ::fstat(standard_descriptor, &status) : ::stat(path.c_str(), &status);
  if (wrong != 0) return std::nullopt;
  return status;
}

bool is_regular(const std::string& path) {
  const auto status = status_of(path, STDIN_FILENO);
  return status && S_ISREG(status->st_mode);
}

/// "-", or a terminal by another name: /dev/stdout, /dev/tty.
bool is_terminal(const std::string& path) {
  if (path == "-") return is_terminal_output();
  const auto status = status_of(path, STDOUT_FILENO);
  if (!status || !S_ISCHR(status->st_mode)) return false;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> device{std::fopen(path.c_str(), "a"),
                                                               &std::fclose};
  return device && ::isatty(::fileno(device.get())) == 1;
}

/// Emptying the output would empty the input.
void check_is_no_input(const std::string& output, const std::vector<InputFile>& files) {
  const auto out = status_of(output, STDOUT_FILENO);
  if (!out || S_ISCHR(out->st_mode)) return;  // a terminal or /dev/null may be both
  for (const InputFile& file : files) {
    const auto in = status_of(file.path, STDIN_FILENO);
    if (!in || in->st_dev != out->st_dev || in->st_ino != out->st_ino) continue;
    throw UsageError{"-w " + output + ": this is the input " + file.path +
                     "; write to another file"};
  }
}

std::string removed_of(const SinkCounts& counts) {
  if (counts.removed == 0) return {};
  return ", " + plural(counts.removed, "old one", "old ones") + " removed";
}

}  // namespace

SavefileOutput::SavefileOutput(OutputOptions options, const std::vector<InputFile>& files,
                               const savefile::ReaderOptions& reader, ErrorStyle errors)
    : options_{std::move(options)}, errors_{errors}, files_{files}, reader_{reader} {
  options_.check();
  if (is_terminal(options_.path())) {
    throw UsageError{"-w " + options_.path() +
                     ": a capture is nothing for a terminal; send it to a file or a pipe"};
  }
  check_is_no_input(options_.path(), files);
  if (!options_.on_file().empty()) {
    const auto tell_due = [errors](std::uint64_t due) {
      tell({.kind = "hook_waits",
            .message = "--on-file: waiting for " + plural(due, "command", "commands"),
            .counts = {{"files", due}}},
           errors);
    };
    const auto user = options_.user() ? options_.user() : file_owner();
    hook_.emplace(options_.on_file(), options_.path(), when_behind(files), tell_due, user);
  }
}

/// What stands in the headers of the inputs decides what that of the output says.
savefile::PcapHeader SavefileOutput::header(std::span<const Interface> interfaces) const {
  const bool is_pcap = options_.writer().format != savefile::Format::pcapng;
  savefile::PcapHeader header;
  if (!is_pcap) return header;
  if (const auto known = savefile::PcapHeader::of(files_, reader_)) return *known;
  header.add_stream(interfaces);
  return header;
}

/// A ring must not remove what a command is still to see.
WhenBehind SavefileOutput::when_behind(const std::vector<InputFile>& files) const {
  const bool can_wait = !files.empty() && std::ranges::all_of(files, is_regular, &InputFile::path);
  if (!can_wait) return WhenBehind::leave_out;
  return options_.rotation()->is_ring() ? WhenBehind::wait_for_each : WhenBehind::wait;
}

/// Calls action(sink) if there is one.
template <class Action>
void SavefileOutput::attempt(Action action) {
  if (!sink_) return;
  try {
    action(*sink_);
  } catch (const SystemError& failure) {
    if (failure.code() != ErrorCode::output_failed) throw;
    throw OutputFailed{failure, counts().packets, where_kept()};
  } catch (const Error& failure) {
    if (failure.code() != ErrorCode::cannot_hold) throw;
    const Error named{failure.code(), options_.path() + ": " + failure.what()};
    throw OutputFailed{named, counts().packets, where_kept()};
  }
}

bool SavefileOutput::open(std::span<const Interface> interfaces) {
  if (sink_) return false;
  savefile::WriterOptions writer = options_.writer(header(interfaces));
  if (auto rotation = options_.rotation()) {
    for (const InputFile& file : files_) {
      rotation->keep.push_back(file.path == "-" ? "/dev/stdin" : file.path);
    }
    savefile::RotatingWriter::OnFile on_file;
    if (hook_) on_file = [this](const savefile::FinishedFile& file) { hook_->run(file.path); };
    sink_ = std::make_unique<savefile::RotatingWriter>(options_.path(), writer, *rotation,
                                                       std::move(on_file));
  } else if (options_.path() == "-") {
    sink_ = std::make_unique<savefile::Writer>(savefile::Writer::standard_output(writer));
  } else {
    sink_ = std::make_unique<savefile::Writer>(options_.path(), writer);
  }
  copy_.emplace(*sink_);
  return true;
}

// From here on there is a readable file, but of a series only with the first packet.
void SavefileOutput::begin(std::span<const Interface> interfaces) {
  if (open(interfaces)) attempt([&](PacketSink& sink) { sink.write(interfaces, {}); });
}

void SavefileOutput::add(const CommandBatch& batch, std::span<const Packet> packets) {
  open(batch.interfaces);
  attempt([&](PacketSink&) { copy_->add(batch, packets); });
}

void SavefileOutput::idle() {
  attempt([](PacketSink& sink) { sink.flush_if_due(); });
}

void SavefileOutput::advance(Timestamp now) {
  attempt([now](PacketSink& sink) { sink.advance(now); });
}

void SavefileOutput::rotate() {
  attempt([](PacketSink& sink) { sink.rotate(); });
}

void SavefileOutput::end() {
  if (!sink_) return;
  attempt([](PacketSink& sink) { sink.close(); });
  tell(written(), errors_);
  if (const std::uint64_t rounded = counts().rounded_times; rounded != 0) {
    tell({.kind = "rounded_times",
          .message = options_.path() + ": " + plural(rounded, "time stamp", "time stamps") +
                     " finer than its clock, rounded down",
          .file = options_.path(),
          .counts = {{"packets", rounded}}},
         errors_);
  }
  if (hook_) tell_about_hook();
}

Note SavefileOutput::written() const {
  const SinkCounts counts = this->counts();
  Note note{.kind = "written",
            .message = plural(counts.packets, "packet", "packets") + " written to ",
            .file = options_.path(),
            .counts = {{"packets", counts.packets}}};
  if (!options_.is_series()) {
    note.message += options_.path() == "-" ? "standard output" : options_.path();
    return note;
  }
  note.message += plural(counts.files, "file", "files") + " named after " + options_.path();
  note.message += removed_of(counts);
  note.counts.emplace_back("files", counts.files);
  note.counts.emplace_back("removed", counts.removed);
  return note;
}

void SavefileOutput::tell_about_hook() {
  const HookCounts counts = hook_->finish();
  const auto tell_of = [this](const char* kind, std::uint64_t files, const std::string& message) {
    if (files == 0) return;
    tell({.kind = kind, .message = "--on-file: " + message, .counts = {{"files", files}}}, errors_);
  };
  tell_of("hook_failed", counts.failed,
          "the command failed for " + plural(counts.failed, "file", "files"));
  tell_of("hook_left_out", counts.left_out,
          plural(counts.left_out, "file was", "files were") + " left out, the command lags behind");
  tell_of("hook_refused", counts.refused,
          "no command for " + plural(counts.refused, "file", "files") +
              " which this run did not make, or which somebody has taken away since");
  tell_of("hook_gone", counts.lost,
          "the process that runs the command is gone; " + plural(counts.lost, "file", "files") +
              " may not have been handled");
}

std::string SavefileOutput::where_kept() const {
  const SinkCounts counts = this->counts();
  const std::string packets = plural(counts.packets, "packet is", "packets are");
  if (!options_.is_series()) return packets + " in it";
  return packets + " in " + plural(counts.files, "file", "files") + removed_of(counts);
}

}  // namespace weir::cli
