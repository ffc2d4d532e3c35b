// Local times as text.
#include "sink/local_clock.h"

#include <fmt/format.h>

#include <iterator>

#include "weir/local_time.h"

namespace weir::sink {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr std::int64_t billion = 1'000'000'000;

/// Whole seconds, and what is left: by hand, since at the ends of 64 bits there is no time stamp of
/// the whole ones.
struct Moment {
  explicit Moment(Timestamp time) noexcept {
    const std::int64_t count = time.time_since_epoch().count();
    const std::int64_t rest = (count % billion + billion) % billion;
    local = local_time(std::chrono::sys_seconds{
        std::chrono::seconds{count / billion - (count % billion < 0 ? 1 : 0)}});
    microseconds = rest / 1000;
  }
  std::chrono::local_seconds local{};
  std::int64_t microseconds = 0;
};

}  // namespace

void append_date(std::string& out, Timestamp time) {
  const std::chrono::year_month_day day{floor<days>(Moment{time}.local)};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02} ", static_cast<int>(day.year()),
                 static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  append_clock(out, time);
}

void append_clock(std::string& out, Timestamp time) {
  const Moment moment{time};
  const auto second = (moment.local - floor<days>(moment.local)).count();
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:06}", second / 3600,
                 second / 60 % 60, second % 60, moment.microseconds);
}

void append_seconds(std::string& out, record::Elapsed time) {
  fmt::format_to(std::back_inserter(out), "{}.{:06}", time.count() / 1'000'000'000,
                 time.count() % 1'000'000'000 / 1000);
}

}  // namespace weir::sink
