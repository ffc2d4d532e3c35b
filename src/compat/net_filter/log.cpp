// syslog(3) behind Log.
#include "compat/net_filter/log.h"

#include <syslog.h>

#include <algorithm>
#include <cstddef>

namespace weir::compat::net_filter {
namespace {

/// What RFC 5424 section 6.1 has every receiver take.
constexpr std::size_t max_length = 2048;

int syslog_priority(LogPriority priority) noexcept {
  switch (priority) {
    case LogPriority::error:
      return LOG_ERR;
    case LogPriority::warning:
      return LOG_WARNING;
    case LogPriority::notice:
      break;
  }
  return LOG_NOTICE;
}

}  // namespace

void Log::write(LogPriority priority, std::string_view text) const noexcept {
  if (!is_on()) return;
  const auto length = static_cast<int>(std::min(text.size(), max_length));
  ::syslog(LOG_DAEMON | syslog_priority(priority), "%.*s", length, text.data());
}

}  // namespace weir::compat::net_filter
