// The time before each line: six formats.
#include "print/clock.h"

#include <ctime>

namespace weir::print {
namespace {

constexpr std::int64_t billion = 1'000'000'000;

}  // namespace

Clock::Moment Clock::moment_of(Timestamp time) const noexcept {
  Moment moment = record::split(time);
  if (!nanoseconds_) moment.nanosecond -= moment.nanosecond % 1000;
  return moment;
}

void Clock::put(Line& line, Timestamp time) {
  if (format_ == TimeFormat::none) return;
  const Moment moment = moment_of(time);
  if (format_ == TimeFormat::delta || format_ == TimeFormat::since_first) {
    put_difference(line, reference_.value_or(moment), moment);
    if (format_ == TimeFormat::delta || !reference_) reference_ = moment;
    return;
  }
  if (format_ == TimeFormat::epoch) {
    line.print("{}", moment.second);
  } else {
    if (second_ != moment.second) refresh(moment.second);
    line.put(std::string_view{text_.data(), text_size_});
  }
  put_fraction(line, moment.nanosecond);
}

void Clock::put_fraction(Line& line, std::int64_t nanoseconds) const {
  if (nanoseconds_) {
    line.print(".{:09} ", nanoseconds);
  } else {
    line.print(".{:06} ", nanoseconds / 1000);
  }
}

void Clock::put_difference(Line& line, const Moment& from, const Moment& to) const {
  const bool backward = to < from;
  const Moment& early = backward ? to : from;
  const Moment& late = backward ? from : to;
  const std::int64_t borrow = late.nanosecond < early.nanosecond ? 1 : 0;
  const std::int64_t seconds = late.second - early.second - borrow;
  line.put(backward ? '-' : ' ');
  line.print("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  put_fraction(line, late.nanosecond - early.nanosecond + borrow * billion);
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

}  // namespace weir::print
