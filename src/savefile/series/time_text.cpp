// Parses times as people write them.
#include "weir/savefile/time_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "weir/error.h"
#include "weir/local_time.h"
#include "weir/units.h"

namespace weir::savefile {
namespace {

using std::chrono::seconds;
using Kind = WindowEnd::Kind;

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

/// Moments and fractions of local time.
std::optional<Timestamp> join_local(std::chrono::local_seconds time, Duration fraction,
                                    bool is_later) {
  const LocalMoments moments = moments_of(time);
  return join((is_later ? moments.later : moments.earlier).time_since_epoch(), fraction);
}

/// "08:30:00.5" and "08:30". A leap second is the one behind it.
seconds scan_clock(Scanner& scan, Duration& fraction) {
  seconds time = std::chrono::hours{scan.number(2, 2, 23)};
  scan.expect(":");
  time += std::chrono::minutes{scan.number(2, 2, 59)};
  if (!scan.skip(":")) return time;
  time += seconds{scan.number(2, 2, 60)};
  fraction = scan.fraction();
  return time;
}

std::chrono::year_month_day scan_date(Scanner& scan) {
  const auto year = scan.number(4, 4, 9999);
  scan.expect("-");
  const auto month = scan.number(2, 2, 12);
  scan.expect("-");
  const auto day = scan.number(2, 2, 31);
  return {std::chrono::year{static_cast<int>(year)},
          std::chrono::month{static_cast<unsigned>(month)},
          std::chrono::day{static_cast<unsigned>(day)}};
}

/// "Z", "+01:00": seconds ahead of UTC.
std::optional<seconds> scan_zone(Scanner& scan) {
  if (scan.skip("Zz")) return seconds{0};
  const bool is_east = scan.skip("+");
  if (!is_east && !scan.skip("-")) return std::nullopt;
  seconds zone = std::chrono::hours{scan.number(2, 2, 23)};
  scan.expect(":");
  zone += std::chrono::minutes{scan.number(2, 2, 59)};
  return is_east ? zone : -zone;
}

// RFC 3339 5.6: date-time, here with time and zone optional.
std::optional<Timestamp> parse_date(std::string_view text, bool is_later) {
  Scanner scan{text};
  const auto date = scan_date(scan);
  seconds time{};
  Duration fraction{};
  std::optional<seconds> zone;
  if (scan.skip("Tt ")) {
    time = scan_clock(scan, fraction);
    zone = scan_zone(scan);
  }
  if (!scan.is_done() || !date.ok()) return std::nullopt;
  if (!zone) return join_local(std::chrono::local_days{date} + time, fraction, is_later);
  return join(std::chrono::sys_days{date}.time_since_epoch() + time - *zone, fraction);
}

std::optional<Duration> parse_clock(std::string_view text) {
  Scanner scan{text};
  Duration fraction{};
  const seconds time = scan_clock(scan, fraction);
  if (!scan.is_done()) return std::nullopt;
  return time + fraction;
}

}  // namespace

WindowEnd parse_time(std::string_view text, bool is_later) {
  if (text.starts_with('-')) {
    return {.kind = Kind::before_end, .span = parse_duration(text.substr(1))};
  }
  const bool is_date = text.find('-') != std::string_view::npos;
  const bool is_clock = !is_date && text.find(':') != std::string_view::npos;
  if (is_clock) {
    if (const auto span = parse_clock(text)) {
      return {.kind = Kind::clock, .span = *span, .is_later = is_later};
    }
  } else if (const auto time = is_date ? parse_date(text, is_later) : parse_epoch(text)) {
    return {.moment = *time, .is_later = is_later};
  }
  throw Error{ErrorCode::invalid_argument,
              "'" + std::string{text} +
                  "' is no time like 2026-11-20T08:30:00.5Z, 2026-11-20 08:30:00.5 (local), "
                  "2026-11-20, 08:30, -5m or 1795163400.5"};
}

}  // namespace weir::savefile
