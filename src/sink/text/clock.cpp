// The time before each line: six formats.
#include "clock.h"

#include <ctime>

namespace weir::sink::text {
namespace {

constexpr std::int64_t billion = 1'000'000'000;

}  // namespace

void Clock::put(Line& line, Timestamp time) {
  if (format_ == TimeFormat::none) return;
  if (format_ == TimeFormat::delta || format_ == TimeFormat::since_first) {
    const Timestamp reference = reference_.value_or(time);
    put_difference(line, time - reference);
    if (format_ == TimeFormat::delta || !reference_) reference_ = time;
    return;
  }
  const std::int64_t count = time.time_since_epoch().count();
  const std::int64_t fraction = (count % billion + billion) % billion;
  const std::int64_t second = (count - fraction) / billion;
  if (format_ == TimeFormat::epoch) {
    line.print("{}", second);
  } else {
    if (second_ != second) refresh(second);
    line.put(std::string_view{text_.data(), text_size_});
  }
  put_fraction(line, fraction);
}

void Clock::put_fraction(Line& line, std::int64_t nanoseconds) const {
  if (nanoseconds_) {
    line.print(".{:09} ", nanoseconds);
  } else {
    line.print(".{:06} ", nanoseconds / 1000);
  }
}

void Clock::put_difference(Line& line, Duration difference) const {
  // Microseconds are rounded down before they are subtracted, as the stamps themselves are.
  std::int64_t count = difference.count();
  line.put(count < 0 ? '-' : ' ');
  count = count < 0 ? -count : count;
  const std::int64_t seconds = count / billion;
  line.print("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  put_fraction(line, count % billion);
}

void Clock::refresh(std::int64_t second) {
  const std::time_t time = second;
  std::tm local{};
  second_ = second;
  if (localtime_r(&time, &local) == nullptr) local = {};
  text_size_ =
      std::strftime(text_.data(), text_.size(),
                    format_ == TimeFormat::date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &local);
}

}  // namespace weir::sink::text
