// Local time as it is somewhere else.
#pragma once

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace weir::test {

/// Sets TZ while it lives. `zone` in the words of POSIX, which need no file: "CET-1".
class TimeZone {
 public:
  explicit TimeZone(const char* zone) {
    if (const char* const before = std::getenv("TZ")) before_ = before;
    set(zone);
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  ~TimeZone() { set(before_ ? before_->c_str() : nullptr); }

 private:
  static void set(const char* zone) {
    zone == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", zone, 1);
    ::tzset();
  }

  std::optional<std::string> before_;
};

}  // namespace weir::test
