// Times as RFC 3339 UTC text.
#include "rfc3339.h"

#include <chrono>
#include <cstring>

#include "decimal.h"

namespace weir {

char* Rfc3339::write(char* to, Timestamp time) noexcept {
  constexpr std::int64_t day_length = std::int64_t{86'400} * 1'000'000'000;
  const std::int64_t count = time.time_since_epoch().count();
  const std::int64_t day = count / day_length - (count % day_length < 0 ? 1 : 0);
  if (day != day_) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    char* at = write_two_digits(write_two_digits(date_, year / 100), year % 100);
    *at++ = '-';
    at = write_two_digits(at, static_cast<unsigned>(date.month()));
    *at++ = '-';
    at = write_two_digits(at, static_cast<unsigned>(date.day()));
    *at = 'T';
    day_ = day;
  }
  // Unsigned on purpose: day * day_length may lie below the smallest count.
  const std::uint64_t within =
      static_cast<std::uint64_t>(count) -
      static_cast<std::uint64_t>(day) * static_cast<std::uint64_t>(day_length);
  const auto seconds = static_cast<unsigned>(within / 1'000'000'000);
  std::memcpy(to, date_, sizeof date_);
  char* at = write_two_digits(to + sizeof date_, seconds / 3600);
  *at++ = ':';
  at = write_two_digits(at, seconds / 60 % 60);
  *at++ = ':';
  at = write_two_digits(at, seconds % 60);
  *at++ = '.';
  const auto fraction = static_cast<std::uint32_t>(within % 1'000'000'000);
  *at++ = static_cast<char>('0' + fraction / 100'000'000);
  at = write_eight_digits(at, fraction % 100'000'000);
  *at++ = 'Z';
  return at;
}

}  // namespace weir
