// Which packets are wanted by their time: --since and --until.
#pragma once

#include <string>
#include <string_view>

#include "weir/packet.h"

namespace weir::cli {

/// From `since` (inclusive) to `until` (exclusive). A packet without a time stamp is in no window
/// but that which has no bounds.
struct TimeWindow {
  Timestamp since = Timestamp::min();
  Timestamp until = Timestamp::max();

  [[nodiscard]] bool is_everything() const noexcept {
    return since == Timestamp::min() && until == Timestamp::max();
  }
  [[nodiscard]] bool holds(const Packet& packet) const noexcept {
    return since <= packet.timestamp && packet.timestamp < until &&
           !has(packet.flags, PacketFlags::no_timestamp);
  }
};

/// RFC 3339 with up to nine digits of a second's fraction, in UTC if it names no zone, or seconds
/// since 1970 with such a fraction. Throws UsageError naming `option`.
[[nodiscard]] Timestamp parse_time(std::string_view text, std::string_view option);

/// From the texts of --since and --until; empty is no bound. Throws UsageError, also if nothing
/// can be between them.
[[nodiscard]] TimeWindow parse_window(const std::string& since, const std::string& until);

}  // namespace weir::cli
