// What the command's exit codes mean, and the one place where exceptions become one.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <variant>

#include "weir/error.h"
#include "weir/savefile/trouble.h"

namespace weir::cli {

/// docs/errors.md says what each means.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  damaged = 3,
  output = 4,
  permission = 5,
  gone = 6,
};

/// Of two ends the one to exit with: 2 5 4 6 1 3 in this order win.
[[nodiscard]] ExitCode worse(ExitCode a, ExitCode b) noexcept;

/// The command line makes no sense; what() says why.
class UsageError : public std::exception {
 public:
  explicit UsageError(std::string message) : message_{std::move(message)} {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// The reader of standard output went away: the end of printed output, not a failure.
class ReaderGone : public std::exception {};

/// A capture could not be written to its end: what failed, and what there is of it.
class OutputFailed : public std::exception {
 public:
  using Cause = std::variant<Error, SystemError>;

  /// `kept` says how many packets are where: "3 packets are in it".
  OutputFailed(Cause cause, std::uint64_t packets, const std::string& kept)
      : cause_{std::move(cause)},
        packets_{packets},
        message_{std::string{OutputFailed::cause().what()} + "; " + kept} {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] const Error& cause() const noexcept {
    const auto* failure = std::get_if<SystemError>(&cause_);
    return failure != nullptr ? *failure : *std::get_if<Error>(&cause_);
  }
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

 private:
  Cause cause_;
  std::uint64_t packets_;
  std::string message_;
};

/// Rights lack to open an adapter: what refused, and what to do about it.
class AdapterRefused : public std::exception {
 public:
  AdapterRefused(const SystemError& cause, std::string remedy)
      : cause_{cause}, remedy_{std::move(remedy)} {}
  [[nodiscard]] const char* what() const noexcept override { return cause_.what(); }
  [[nodiscard]] const SystemError& cause() const noexcept { return cause_; }
  [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

 private:
  SystemError cause_;
  std::string remedy_;
};

/// Help was asked for and has been shown.
class HelpShown : public std::exception {};

/// How errors are told: a line of text, or one of JSON (both on standard error).
enum class ErrorStyle { text, json };

/// Tells what the exception in flight is about and returns the code to exit with. `file` names the
/// input it belongs to; empty if none. Call from a catch block.
[[nodiscard]] ExitCode report_exception(ErrorStyle style, const std::string& file);

/// The same for what is wrong with a file.
[[nodiscard]] ExitCode report(const savefile::Trouble& trouble, ErrorStyle style,
                              const std::string& file);

}  // namespace weir::cli
