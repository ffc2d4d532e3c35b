// The sandbox of commands that read files: what comes late is opened by a broker.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/files/input.h"
#include "cli/sandbox/sandbox_options.h"
#include "weir/filter/filter.h"
#include "weir/sandbox/broker.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::cli {

/// What a command that reads files goes on to do once it is confined.
struct FileNeeds {
  std::vector<InputFile> inputs{};
  /// The one file it writes; empty if there is none, or a series.
  std::string output{};
  /// In and below it files come into being: those of a series, or beside a database. Empty: none.
  std::string output_directory{};
  /// Whether an input is opened more than once: to merge, or for a digest.
  bool opens_again = false;
  /// Files that must be within reach, or directories.
  std::vector<std::string> readable{};
  /// The filter, which may still be compiled for other link types.
  filter::Filter filter{};
};

/// Made first, for what is to open files through it; then entered, before the first byte of a
/// capture is parsed. Until then, and with --no-sandbox, everything opens its files itself.
class FileSandbox {
 public:
  FileSandbox(const SandboxOptions& options, ErrorStyle errors)
      : is_wanted_{options.is_wanted()}, errors_{errors} {}

  [[nodiscard]] bool is_wanted() const noexcept { return is_wanted_; }

  /// The same, with files opened by the broker once there is one.
  [[nodiscard]] savefile::ReaderOptions reader(savefile::ReaderOptions options) const;
  /// For WriterOptions::open.
  [[nodiscard]] std::function<int(const std::string&)> output() const;

  /// For good, unless --no-sandbox. What does not hold is told in one note. Throws SystemError.
  void enter(const FileNeeds& needs);

 private:
  /// Who opens files, once the sandbox is entered.
  struct Files {
    /// The first input, opened before; -1 once it is taken.
    int first = -1;
    std::string first_path{};
    std::optional<sandbox::Broker> broker{};

    ~Files();
    [[nodiscard]] int open(const std::string& path);
  };

  bool is_wanted_;
  ErrorStyle errors_;
  std::shared_ptr<Files> files_ = std::make_shared<Files>();
};

}  // namespace weir::cli
