// Parses times as options take them.
#include "time_window.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "exit_code.h"

namespace weir::cli {
namespace {

using std::chrono::seconds;

constexpr std::size_t fraction_digits = 9;

/// Takes a text apart from its front; the first thing that is not there makes it fail for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_{text} {}

  bool skip(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { failed_ = !skip(any_of) || failed_; }

  /// The digits at the front, `least` to `most` of them, at most `limit`.
  std::int64_t number(std::size_t least, std::size_t most, std::int64_t limit) {
    const std::string_view digits = take_digits();
    std::int64_t value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.size() < least || digits.size() > most || end.ec != std::errc{} || value > limit) {
      failed_ = true;
    }
    return value;
  }

  /// ".25" as nanoseconds; nothing is 0.
  Duration fraction() {
    if (!skip(".")) return {};
    std::string digits{take_digits()};
    if (digits.empty() || digits.size() > fraction_digits) failed_ = true;
    digits.resize(fraction_digits, '0');
    return Duration{std::stoll(digits)};
  }

  [[nodiscard]] bool is_done() const noexcept { return !failed_ && rest_.empty(); }

 private:
  std::string_view take_digits() {
    const auto size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return digits;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// Whole seconds and what is behind them, if they fit 64-bit nanoseconds.
std::optional<Timestamp> join(seconds whole, Duration fraction) {
  constexpr seconds limit = std::chrono::floor<seconds>(Duration::max()) - seconds{1};
  if (whole > limit || whole < -limit) return std::nullopt;
  return Timestamp{whole} + fraction;
}

std::optional<Timestamp> parse_epoch(std::string_view text) {
  Scanner scan{text};
  const seconds whole{scan.number(1, 19, std::numeric_limits<std::int64_t>::max())};
  const Duration fraction = scan.fraction();
  return scan.is_done() ? join(whole, fraction) : std::nullopt;
}

// RFC 3339 5.6: date-time, here with the zone optional. A leap second is the one behind it.
std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  Scanner scan{text};
  const auto year = scan.number(4, 4, 9999);
  scan.expect("-");
  const auto month = scan.number(2, 2, 12);
  scan.expect("-");
  const auto day = scan.number(2, 2, 31);
  scan.expect("Tt ");
  seconds time = std::chrono::hours{scan.number(2, 2, 23)};
  scan.expect(":");
  time += std::chrono::minutes{scan.number(2, 2, 59)};
  scan.expect(":");
  time += seconds{scan.number(2, 2, 60)};
  const Duration fraction = scan.fraction();
  const bool is_east = scan.skip("+");
  if (is_east || scan.skip("-")) {
    seconds zone = std::chrono::hours{scan.number(2, 2, 23)};
    scan.expect(":");
    zone += std::chrono::minutes{scan.number(2, 2, 59)};
    time += is_east ? -zone : zone;
  } else {
    scan.skip("Zz");
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!scan.is_done() || !date.ok()) return std::nullopt;
  return join(std::chrono::sys_days{date}.time_since_epoch() + time, fraction);
}

}  // namespace

Timestamp parse_time(std::string_view text, std::string_view option) {
  const bool is_date = text.find('-') != std::string_view::npos;
  if (const auto time = is_date ? parse_rfc3339(text) : parse_epoch(text)) return *time;
  throw UsageError{std::string{option} + ": '" + std::string{text} +
                   "' is no time like 2026-11-20T08:30:00.5Z or 1795163400.5"};
}

TimeWindow parse_window(const std::string& since, const std::string& until) {
  TimeWindow window;
  if (!since.empty()) window.since = parse_time(since, "--since");
  if (!until.empty()) window.until = parse_time(until, "--until");
  if (window.since < window.until) return window;
  throw UsageError{"--since " + since + " --until " + until + ": nothing is between them"};
}

}  // namespace weir::cli
