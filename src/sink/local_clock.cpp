// Local times as text.
#include "sink/local_clock.h"

#include <fmt/format.h>

#include <iterator>

#include "record/time/split_time.h"
#include "weir/local_time.h"

namespace weir::sink {
namespace {

using std::chrono::days;
using std::chrono::floor;

std::chrono::local_seconds local_second(const record::SplitTime& time) noexcept {
  return local_time(std::chrono::sys_seconds{std::chrono::seconds{time.second}});
}

}  // namespace

void append_date(std::string& out, Timestamp time) {
  const std::chrono::year_month_day day{floor<days>(local_second(record::split(time)))};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02} ", static_cast<int>(day.year()),
                 static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  append_clock(out, time);
}

void append_clock(std::string& out, Timestamp time) {
  const record::SplitTime moment = record::split(time);
  const std::chrono::local_seconds local = local_second(moment);
  const auto second = (local - floor<days>(local)).count();
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:06}", second / 3600,
                 second / 60 % 60, second % 60, moment.nanosecond / 1000);
}

void append_seconds(std::string& out, record::Elapsed time) {
  fmt::format_to(std::back_inserter(out), "{}.{:06}", time.count() / 1'000'000'000,
                 time.count() % 1'000'000'000 / 1000);
}

}  // namespace weir::sink
