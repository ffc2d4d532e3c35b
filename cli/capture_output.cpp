// Writes what a command selected, and says what became of it.
#include "capture_output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "exit_code.h"
#include "standard_output.h"

namespace weir::cli {
namespace {

using savefile::RotatingWriter;
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

}  // namespace

void CaptureOutput::Needs::add(std::span<const Interface> interfaces) noexcept {
  constexpr std::uint32_t no_limit = 262'144;
  for (const Interface& interface : interfaces) {
    nanoseconds |= interface.ticks_per_second > 1'000'000;
    snapshot_length = std::max(
        snapshot_length, interface.snapshot_length == 0 ? no_limit : interface.snapshot_length);
  }
}

/// Looks at the start of every file; what is wrong with it is told when it is read.
CaptureOutput::Needs CaptureOutput::needs_of(const std::vector<InputFile>& files) {
  Needs needs;
  for (const InputFile& file : files) {
    if (!is_regular(file.path) || file.path == "-") {
      needs.nanoseconds |= file.path == "-" || status_of(file.path, STDIN_FILENO).has_value();
      continue;
    }
    try {
      savefile::Reader reader{file.path};
      static_cast<void>(reader.next_batch());
      needs.add(reader.interfaces());
    } catch (const Error&) {
      continue;
    }
  }
  return needs;
}

CaptureOutput::CaptureOutput(const OutputOptions& options, const std::vector<InputFile>& files,
                             ErrorStyle errors)
    : options_{options}, errors_{errors} {
  options_.check();
  if (is_terminal(options_.path())) {
    throw UsageError{"-w " + options_.path() +
                     ": a capture is nothing for a terminal; send it to a file or a pipe"};
  }
  check_is_no_input(options_.path(), files);
  if (files.size() > 1) needs_ = needs_of(files);
  if (!options_.on_file().empty()) hook_.emplace(options_.on_file());
}

/// Calls action(writer) for the one that there is.
template <class Action>
void CaptureOutput::attempt(Action action) {
  try {
    std::visit(Overloaded{[](std::monostate) {}, action}, writer_);
  } catch (const SystemError& failure) {
    if (failure.code() != ErrorCode::output_failed) throw;
    throw OutputFailed{failure, packets(), where_kept(packets())};
  }
}

void CaptureOutput::begin(std::span<const Interface> interfaces) {
  if (!std::holds_alternative<std::monostate>(writer_)) return;
  if (!needs_) needs_.emplace().add(interfaces);
  savefile::WriterOptions writer = options_.writer(needs_->nanoseconds);
  writer.snapshot_length = needs_->snapshot_length;
  if (const auto rotation = options_.rotation()) {
    RotatingWriter::OnFile on_file;
    if (hook_) on_file = [this](const savefile::FinishedFile& file) { hook_->run(file.path); };
    writer_.emplace<RotatingWriter>(options_.path(), writer, *rotation, std::move(on_file));
  } else if (options_.path() == "-") {
    writer_.emplace<Writer>(Writer::standard_output(writer));
  } else {
    writer_.emplace<Writer>(options_.path(), writer);
  }
  // From here on there is a readable file.
  attempt([&](auto& to) { to.write(interfaces, {}); });
}

void CaptureOutput::add(const CaptureBatch& batch, std::span<const Packet> packets) {
  begin(batch.interfaces);
  attempt([&](auto& writer) {
    if (!batch.blocks.empty()) writer.write_blocks(batch.interfaces, batch.blocks);
    writer.write(batch.interfaces, packets);
    if (!batch.is_last) return;
    for (const InterfaceStatistics& counted : batch.statistics) {
      writer.write_statistics(batch.interfaces, counted);
    }
  });
}

void CaptureOutput::idle() {
  attempt([](auto& writer) { writer.flush_if_due(); });
}

void CaptureOutput::end() {
  if (std::holds_alternative<std::monostate>(writer_)) return;
  attempt([](auto& writer) { writer.close(); });
  const std::uint64_t count = packets();
  tell({.kind = "written",
        .message = plural(count, "packet", "packets") + " written to " + options_.path(),
        .file = options_.path(),
        .counts = {{"packets", count}}},
       errors_);
  if (!hook_ || hook_->left_out() == 0) return;
  tell({.kind = "hook_left_out",
        .message = "--on-file: " + plural(hook_->left_out(), "file was", "files were") +
                   " left out, the command lags behind",
        .counts = {{"files", hook_->left_out()}}},
       errors_);
}

bool CaptureOutput::is_full() const noexcept {
  const auto* rotating = std::get_if<RotatingWriter>(&writer_);
  return rotating != nullptr && rotating->is_full();
}

std::uint64_t CaptureOutput::packets() const noexcept {
  return std::visit(Overloaded{[](std::monostate) { return std::uint64_t{0}; },
                               [](const auto& writer) { return writer.counts().packets; }},
                    writer_);
}

std::string CaptureOutput::where_kept(std::uint64_t packets) const {
  const std::string count = plural(packets, "packet is", "packets are");
  if (const auto* rotating = std::get_if<RotatingWriter>(&writer_)) {
    return count + " in " + plural(rotating->counts().files, "file", "files");
  }
  return count + " in it";
}

}  // namespace weir::cli
