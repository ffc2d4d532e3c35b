// Writes what a command selected, and says what became of it.
#include "cli/output/capture_output.h"

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

using savefile::RotatingWriter;
using savefile::RotationCounts;
using savefile::Writer;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

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

std::string removed_of(const RotationCounts& counts) {
  if (counts.removed == 0) return {};
  return ", " + plural(counts.removed, "old one", "old ones") + " removed";
}

}  // namespace

CaptureOutput::CaptureOutput(OutputOptions options, const std::vector<InputFile>& files,
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
OutputNeeds CaptureOutput::needs(std::span<const Interface> interfaces) const {
  const bool is_pcap = options_.writer(true).format != savefile::Format::pcapng;
  OutputNeeds needs;
  if (auto known = is_pcap ? OutputNeeds::of(files_, reader_) : std::nullopt) return *known;
  needs.add_stream(interfaces);
  return needs;
}

/// A ring must not remove what a command is still to see.
WhenBehind CaptureOutput::when_behind(const std::vector<InputFile>& files) const {
  const bool can_wait = !files.empty() && std::ranges::all_of(files, is_regular, &InputFile::path);
  if (!can_wait) return WhenBehind::leave_out;
  return options_.rotation()->is_ring() ? WhenBehind::wait_for_each : WhenBehind::wait;
}

/// Calls action(writer) for the one that there is.
template <class Action>
void CaptureOutput::attempt(Action action) {
  try {
    std::visit(Overloaded{[](std::monostate) {}, std::move(action)}, writer_);
  } catch (const SystemError& failure) {
    if (failure.code() != ErrorCode::output_failed) throw;
    throw OutputFailed{failure, counts().packets, where_kept()};
  } catch (const Error& failure) {
    if (failure.code() != ErrorCode::cannot_hold) throw;
    const Error named{failure.code(), options_.path() + ": " + failure.what()};
    throw OutputFailed{named, counts().packets, where_kept()};
  }
}

bool CaptureOutput::open(std::span<const Interface> interfaces) {
  if (!std::holds_alternative<std::monostate>(writer_)) return false;
  const OutputNeeds needs = this->needs(interfaces);
  savefile::WriterOptions writer = options_.writer(needs.nanoseconds);
  writer.snapshot_length = needs.snapshot_length;
  if (auto rotation = options_.rotation()) {
    for (const InputFile& file : files_) {
      rotation->keep.push_back(file.path == "-" ? "/dev/stdin" : file.path);
    }
    RotatingWriter::OnFile on_file;
    if (hook_) on_file = [this](const savefile::FinishedFile& file) { hook_->run(file.path); };
    writer_.emplace<RotatingWriter>(options_.path(), writer, *rotation, std::move(on_file));
  } else if (options_.path() == "-") {
    writer_.emplace<Writer>(Writer::standard_output(writer));
  } else {
    writer_.emplace<Writer>(options_.path(), writer);
  }
  return true;
}

// From here on there is a readable file, but of a series only with the first packet.
void CaptureOutput::begin(std::span<const Interface> interfaces) {
  if (open(interfaces)) attempt([&](auto& to) { to.write(interfaces, {}); });
}

template <class Writer>
void CaptureOutput::write_sections(Writer& writer, const CaptureBatch& batch) {
  for (std::size_t& next = sections_written_; next < batch.sections.size(); ++next) {
    if (next != 0) write_statistics(writer, batch, batch.sections[next - 1].get());
    writer.write_section(batch.interfaces, batch.sections[next]);
  }
}

template <class Writer>
void CaptureOutput::write_statistics(Writer& writer, const CaptureBatch& batch,
                                     const Section* section) {
  for (std::size_t& next = statistics_written_; next < batch.statistics.size(); ++next) {
    const InterfaceStatistics& counted = batch.statistics[next];
    const Interface& interface = batch.interfaces[counted.interface_index];
    if (section != nullptr && interface.section.get() != section) return;
    writer.write_statistics(batch.interfaces, counted);
  }
}

void CaptureOutput::add(const CaptureBatch& batch, std::span<const Packet> packets) {
  if (batch.sections.empty()) {
    begin(batch.interfaces);
  } else {
    open(batch.interfaces);  // sections come before interfaces
  }
  attempt([&](auto& writer) {
    write_sections(writer, batch);
    if (!batch.blocks.empty()) writer.write_blocks(batch.interfaces, batch.blocks);
    writer.write(batch.interfaces, packets);
    if (!batch.is_last) return;
    write_statistics(writer, batch, nullptr);
    sections_written_ = 0;
    statistics_written_ = 0;
  });
}

void CaptureOutput::idle() {
  attempt([](auto& writer) { writer.flush_if_due(); });
}

void CaptureOutput::advance(Timestamp now) {
  auto* const rotating = std::get_if<RotatingWriter>(&writer_);
  if (rotating == nullptr) return idle();
  attempt(Overloaded{[](Writer&) {}, [now](RotatingWriter& writer) { writer.advance(now); }});
}

void CaptureOutput::rotate() {
  attempt(Overloaded{[](Writer&) {}, [](RotatingWriter& writer) { writer.rotate(); }});
}

void CaptureOutput::end() {
  if (std::holds_alternative<std::monostate>(writer_)) return;
  attempt([](auto& writer) { writer.close(); });
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

Note CaptureOutput::written() const {
  const RotationCounts counts = this->counts();
  Note note{.kind = "written",
            .message = plural(counts.packets, "packet", "packets") + " written to ",
            .file = options_.path(),
            .counts = {{"packets", counts.packets}}};
  if (!std::holds_alternative<RotatingWriter>(writer_)) {
    note.message += options_.path() == "-" ? "standard output" : options_.path();
    return note;
  }
  note.message += plural(counts.files, "file", "files") + " named after " + options_.path();
  note.message += removed_of(counts);
  note.counts.emplace_back("files", counts.files);
  note.counts.emplace_back("removed", counts.removed);
  return note;
}

void CaptureOutput::tell_about_hook() {
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

bool CaptureOutput::is_full() const noexcept {
  const auto* rotating = std::get_if<RotatingWriter>(&writer_);
  return rotating != nullptr && rotating->is_full();
}

savefile::RotationCounts CaptureOutput::counts() const noexcept {
  if (const auto* writer = std::get_if<Writer>(&writer_)) {
    const savefile::WriterCounts counts = writer->counts();
    return {.packets = counts.packets, .files = 1, .rounded_times = counts.rounded_times};
  }
  const auto* rotating = std::get_if<RotatingWriter>(&writer_);
  return rotating == nullptr ? RotationCounts{} : rotating->counts();
}

std::string CaptureOutput::where_kept() const {
  const RotationCounts counts = this->counts();
  const std::string packets = plural(counts.packets, "packet is", "packets are");
  if (!std::holds_alternative<RotatingWriter>(writer_)) return packets + " in it";
  return packets + " in " + plural(counts.files, "file", "files") + removed_of(counts);
}

}  // namespace weir::cli
