// The run of weir send: what is read is handed to the replay, and its end is told.
#include "cli/send/send_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/filter/input_filter.h"
#include "cli/live/adapter_gone.h"
#include "cli/note.h"
#include "cli/send/sent_record.h"
#include "cli/stop_signal.h"
#include "weir/inject/hex_text.h"

namespace weir::cli {
namespace {

constexpr std::size_t longest_text = std::size_t{256} << 20;

LinkType link_type_of(const inject::Outlet& outlet) {
  return std::visit([](const auto& to) { return to.link_type(); }, outlet);
}

/// One that closes itself.
class TextFile {
 public:
  TextFile(const std::string& path, const savefile::ReaderOptions& options) : path_{path} {
    if (path == "-") {
      number_ = STDIN_FILENO;
    } else {
      number_ = options.open ? options.open(path) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      if (number_ < 0) throw SystemError{errno, "open " + path};
    }
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() {
    if (number_ != STDIN_FILENO) ::close(number_);
  }

  [[nodiscard]] std::string text() const {
    std::string text;
    for (std::size_t size = 0;;) {
      text.resize(size + 65'536);
      const ssize_t taken = ::read(number_, text.data() + size, 65'536);
      if (taken < 0 && errno == EINTR && !stop_requested()) continue;
      if (taken < 0 && errno != EINTR) throw SystemError{errno, "read " + path_};
      if (taken <= 0) {
        text.resize(size);
        return text;
      }
      size += static_cast<std::size_t>(taken);
      if (size > longest_text) {
        throw Error{ErrorCode::unsupported_format, path_ + ": a text of more than 256 MiB"};
      }
    }
  }

 private:
  std::string path_;
  int number_ = -1;
};

/// One run of the command.
class SendRun {
 public:
  SendRun(SendRunOptions options, std::vector<inject::Outlet> outlets);

  ExitCode run(FileSandbox& sandbox);

 private:
  ExitCode send_captures();
  ExitCode send_texts();
  ExitCode tell_end(ExitCode exit);
  void tell_why_nothing() const;
  [[nodiscard]] inject::ReplayOptions replay_options();
  /// Whether packets come when it pleases others, who may never do anything.
  [[nodiscard]] bool waits_for_others() const;

  SendRunOptions options_;
  std::vector<InputFile> files_;
  LinkType link_type_;
  FilesRun files_run_;
  LiveLine live_line_;
  inject::Replay replay_;
};

SendRun::SendRun(SendRunOptions options, std::vector<inject::Outlet> outlets)
    : options_{std::move(options)},
      files_{expand(options_.input.files)},
      link_type_{link_type_of(outlets.front())},
      files_run_{{.reader = options_.reader,
                  .input = options_.input,
                  .filter = options_.filter,
                  .errors = options_.errors,
                  .shows_progress = false}},
      replay_{std::move(outlets), replay_options()} {}

inject::ReplayOptions SendRun::replay_options() {
  inject::ReplayOptions& wanted = options_.replay;
  // What can be read but once is kept.
  if (wanted.loops != 1 && std::ranges::any_of(files_, savefile::is_stream)) wanted.preload = true;
  inject::ReplayOptions replay = wanted;
  if (options_.is_text) replay.filter = files_run_.filter();
  if (options_.steps) {
    replay.before_packet = [lines = options_.steps.get()] { return lines->take(); };
  }
  replay.on_progress = [this](const inject::ReplayFigures& figures) {
    live_line_.show(figures);
    return !stop_requested();
  };
  return replay;
}

bool SendRun::waits_for_others() const {
  return options_.steps || options_.reader.follow ||
         std::ranges::any_of(files_, savefile::is_stream);
}

ExitCode SendRun::run(FileSandbox& sandbox) {
  const filter::Filter& split = options_.replay.split.filter;
  if (!split.is_everything()) {
    // Throws for what never matches: packets of other link types do not leave.
    static_cast<void>(split.program(link_type_));
    prepare_usual(split, false);
  }
  if (options_.replay.duration > Duration::zero() && waits_for_others()) {
    stop_after(options_.replay.duration);
  }
  files_run_.confine(
      sandbox,
      {.inputs = files_, .opens_again = options_.replay.loops != 1 && !options_.replay.preload});
  return tell_end(options_.is_text ? send_texts() : send_captures());
}

ExitCode SendRun::send_captures() {
  ExitCode exit = ExitCode::done;
  replay_.run([&](PacketSink& to) {
    const auto on_batch = [&](const CommandBatch& batch) {
      if (files_run_.is_refused()) return true;
      to.write(batch.interfaces, batch.packets);
      if (batch.ends_file) to.rotate();
      return !to.is_full() && !stop_requested();
    };
    exit = worse(exit, files_run_.run(files_, on_batch));
    if (stop_requested()) replay_.stop();
  });
  return exit;
}

ExitCode SendRun::send_texts() {
  ExitCode exit = ExitCode::done;
  std::vector<inject::HexText> texts;
  std::vector<Packet> packets;
  for (const InputFile& file : files_) {
    try {
      texts.emplace_back(TextFile{file.path, options_.reader}.text());
      const inject::HexText& text = texts.back();
      const auto more = text.packets(link_type_);
      packets.insert(packets.end(), more.begin(), more.end());
      if (text.trouble() && text.size() != 0) {
        throw FormatError{ErrorCode::damaged, text.trouble()->offset,
                          file.path + ": " + text.trouble()->what};
      }
      if (text.size() == 0) {
        throw Error{ErrorCode::not_a_capture,
                    file.path + ": no frame in it" +
                        (text.trouble() ? ", " + text.trouble()->what : std::string{})};
      }
    } catch (const Error& error) {
      exit = worse(exit, report(savefile::Trouble{error}, options_.errors, file.path));
    }
  }
  if (!stop_requested()) replay_.run(packets);
  return exit;
}

void SendRun::tell_why_nothing() const {
  std::string why = "no packet matches";
  if (time_is_up()) {
    why = "the time of --for was over before there was a packet";
  } else if (stop_requested()) {
    return;
  } else if (options_.steps && replay_.end() == inject::ReplayEnd::stopped) {
    why = "--step takes a line, such as Enter in a terminal, for each packet, and there was none";
  } else if (!options_.is_text && files_run_.packets() == 0) {
    why = "there is no packet in what was read";
  }
  tell({.kind = "nothing_to_send", .message = "nothing was sent: " + why}, options_.errors);
}

ExitCode SendRun::tell_end(ExitCode exit) {
  live_line_.clear();
  const inject::ReplayFigures figures = replay_.figures();
  tell_oddities(figures, options_.rate, options_.errors);
  const inject::ReplayEnd end = replay_.end();
  if (end == inject::ReplayEnd::adapter_gone || end == inject::ReplayEnd::adapter_down) {
    const auto& tell_lost = end == inject::ReplayEnd::adapter_down ? tell_down : tell_gone;
    tell_lost(replay_.adapter(), options_.errors);
    exit = worse(exit, ExitCode::gone);
  } else if (figures.asked == 0 && (exit == ExitCode::done || exit == ExitCode::damaged)) {
    tell_why_nothing();
  } else if (figures.packets == 0 && figures.refused() != 0 && !stop_requested()) {
    tell({.kind = "nothing_sent", .message = "no packet could be sent"}, options_.errors);
    exit = worse(exit, ExitCode::failed);
  }
  (options_.json ? print_sent_json : print_sent_text)(figures, options_.is_dry_run);
  return exit;
}

}  // namespace

ExitCode send_files(SendRunOptions options, std::vector<inject::Outlet> outlets,
                    FileSandbox& sandbox) {
  return SendRun{std::move(options), std::move(outlets)}.run(sandbox);
}

}  // namespace weir::cli
