// Maps every exception the command meets to a message and an exit code.
#include "cli/exit_code.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/json_line.h"
#include "cli/note.h"
#include "cli/stop_signal.h"
#include "weir/filter/caret.h"
#include "weir/filter/suggestion.h"

namespace weir::cli {
namespace {

struct Report {
  const char* kind;
  ExitCode exit;
  int code;
  std::string message;
  std::optional<std::uint64_t> offset{};
  int error_number = 0;
  /// Of a filter error: the expression and, where it can be told, the place in it.
  std::string expression{};
  std::optional<std::size_t> position{};
  /// Of a failed output: packets that were kept.
  std::optional<std::uint64_t> packets{};
  /// What to do about it; empty where nobody knows.
  std::string remedy{};
};

ExitCode exit_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::filter_syntax:
    case ErrorCode::filter_link_type:
    case ErrorCode::filter_rejects_all:
      return ExitCode::usage;
    case ErrorCode::permission_denied:
      return ExitCode::permission;
    case ErrorCode::output_failed:
      return ExitCode::output;
    case ErrorCode::truncated:
    case ErrorCode::damaged:
    case ErrorCode::compression_damaged:
      return ExitCode::damaged;
    default:
      return ExitCode::failed;
  }
}

Report describe(const savefile::Trouble& trouble) {
  return {error_name(trouble.code), exit_of(trouble.code), static_cast<int>(trouble.code),
          trouble.message,          trouble.offset,        trouble.system_error};
}

Report describe(const Error& error) {
  Report report = describe(savefile::Trouble{error});
  if (const auto* filter = dynamic_cast<const FilterError*>(&error)) {
    report.expression = filter->expression();
    report.position = filter->position();
    if (error.code() != ErrorCode::filter_syntax) return report;
    const std::string meant = filter::suggested_filter(report.expression);
    if (!meant.empty()) report.remedy = "did you mean: " + meant;
  }
  return report;
}

void tell_lines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    tell_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void tell(const Report& report, ErrorStyle style, const std::string& file) {
  if (style == ErrorStyle::text) {
    tell_line(std::string{program_name} + ": " + report.message);
    if (report.position) {
      tell_lines(filter::underlined(report.expression, *report.position, 1, {}));
    } else if (!report.expression.empty()) {
      tell_lines(filter::excerpt(report.expression));
    }
    tell_lines(report.remedy);
    return;
  }
  nlohmann::ordered_json line{
      {"type", "error"}, {"kind", report.kind}, {"code", report.code}, {"message", report.message}};
  if (!file.empty()) line["file"] = file;
  if (report.offset) line["offset"] = *report.offset;
  if (report.error_number != 0) line["errno"] = report.error_number;
  if (!report.expression.empty()) line["filter"] = report.expression;
  if (report.position) line["position"] = *report.position;
  if (report.packets) line["packets"] = *report.packets;
  if (!report.remedy.empty()) line["remedy"] = report.remedy;
  tell_json_line(line);
}

/// A signal ended a wait: whoever sent it wanted the end.
bool is_interruption(const Report& report) noexcept {
  return report.error_number == EINTR && stop_requested();
}

ExitCode tell_end(const Report& report, ErrorStyle style, const std::string& file) {
  if (is_interruption(report)) return ExitCode::done;
  tell(report, style, file);
  return report.exit;
}

}  // namespace

ExitCode worse(ExitCode a, ExitCode b) noexcept {
  constexpr std::array order{ExitCode::usage, ExitCode::permission, ExitCode::output,
                             ExitCode::gone,  ExitCode::failed,     ExitCode::damaged};
  for (const ExitCode code : order) {
    if (a == code || b == code) return code;
  }
  return ExitCode::done;
}

ExitCode report_exception(ErrorStyle style, const std::string& file) {
  Report report{"", ExitCode::failed, 0, ""};
  try {
    throw;
  } catch (const ReaderGone&) {
    return ExitCode::done;
  } catch (const HelpShown&) {
    return ExitCode::done;
  } catch (const OutputFailed& failed) {
    report = describe(failed.cause());
    report.message = failed.what();
    report.packets = failed.packets();
  } catch (const AdapterRefused& refused) {
    report = describe(refused.cause());
    report.remedy = refused.remedy();
  } catch (const Error& error) {
    report = describe(error);
  } catch (const UsageError& error) {
    report = {error_name(ErrorCode::invalid_argument), ExitCode::usage,
              static_cast<int>(ErrorCode::invalid_argument), error.what()};
  } catch (const std::bad_alloc&) {
    report = {"memory", ExitCode::failed, 0, "out of memory"};
  } catch (const std::exception& error) {
    report = {"failed", ExitCode::failed, 0, error.what()};
  }
  return tell_end(report, style, file);
}

ExitCode report(const savefile::Trouble& trouble, ErrorStyle style, const std::string& file) {
  return tell_end(describe(trouble), style, file);
}

}  // namespace weir::cli
