// Names the option in what the library says of its time.
#include "cli/files/time_window.h"

#include <string>

#include "cli/exit_code.h"
#include "weir/savefile/time_text.h"

namespace weir::cli {
namespace {

using Kind = savefile::WindowEnd::Kind;

std::string nanoseconds(const savefile::WindowEnd& time, const std::string& text) {
  return time.kind == Kind::moment ? std::to_string(time.moment.time_since_epoch().count()) + "ns"
                                   : text;
}

}  // namespace

savefile::WindowEnd parse_time(std::string_view text, std::string_view option, bool is_later) {
  try {
    return savefile::parse_time(text, is_later);
  } catch (const Error& error) {
    throw UsageError{std::string{option} + ": " + error.what()};
  }
}

WantedTimes::WantedTimes(std::string since, std::string until)
    : since_text_{std::move(since)}, until_text_{std::move(until)} {
  if (!since_text_.empty()) since_ = parse_time(since_text_, "--since", false);
  if (!until_text_.empty()) until_ = parse_time(until_text_, "--until", true);
  check(window());
}

savefile::TimeWindow WantedTimes::window() const {
  return is_everything() ? savefile::TimeWindow{} : savefile::TimeWindow{since_, until_};
}

void WantedTimes::check(const savefile::TimeWindow& window) const {
  if (!window.is_empty()) return;
  throw UsageError{"--since " + since_text_ + " --until " + until_text_ +
                   ": nothing is between them"};
}

std::string WantedTimes::text() const {
  std::string text;
  if (!since_text_.empty()) text += " since=" + nanoseconds(since_, since_text_);
  if (!until_text_.empty()) text += " until=" + nanoseconds(until_, until_text_);
  return text;
}

}  // namespace weir::cli
