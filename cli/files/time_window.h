// Which packets are wanted by their time: --since and --until.
#pragma once

#include <string>
#include <string_view>

#include "weir/packet.h"

namespace weir::cli {

/// A time as options take it: what it means may depend on the capture.
struct WantedTime {
  enum class Kind : std::uint8_t {
    moment,
    clock,       ///< of the day of the first packet that is read: 16:40
    before_end,  ///< -5m
  };
  Kind kind = Kind::moment;
  Timestamp moment{};
  /// Since midnight, or before the end.
  Duration span{};
  /// Where a local clock shows a time twice, the later one is meant.
  bool is_later = false;
};

/// RFC 3339 with up to nine digits of a second's fraction, in local time if it names no zone; a
/// date; HH:MM or HH:MM:SS; a duration behind a minus; seconds since 1970 with such a fraction.
/// `is_later` as in WantedTime. Throws UsageError naming `option`.
[[nodiscard]] WantedTime parse_time(std::string_view text, std::string_view option,
                                    bool is_later = false);

/// From --since (inclusive) to --until (exclusive). A packet without a time stamp is in no window
/// but that which has no bounds.
class TimeWindow {
 public:
  TimeWindow() = default;
  /// Of the options' texts; empty is no bound. Throws UsageError, also if nothing can be between
  /// them.
  TimeWindow(std::string since, std::string until);

  [[nodiscard]] bool is_everything() const noexcept {
    return since_text_.empty() && until_text_.empty();
  }
  /// Whether what it holds depends on the first packet, or on the last.
  [[nodiscard]] bool needs_start() const noexcept { return needs(WantedTime::Kind::clock); }
  [[nodiscard]] bool needs_end() const noexcept { return needs(WantedTime::Kind::before_end); }
  /// The first time stamp that is read, and the largest of all there are. Throw UsageError if
  /// nothing can be in the window.
  void start_at(Timestamp first);
  void end_at(Timestamp last);

  /// Precondition: it depends on nothing any more.
  [[nodiscard]] bool holds(const Packet& packet) const noexcept {
    return since_.moment <= packet.timestamp && packet.timestamp < until_.moment &&
           !has(packet.flags, PacketFlags::no_timestamp);
  }

  /// " since=... until=...": moments as nanoseconds, what depends on the capture as it was given;
  /// empty without bounds.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] bool needs(WantedTime::Kind kind) const noexcept {
    return since_.kind == kind || until_.kind == kind;
  }
  void check() const;

  std::string since_text_;
  std::string until_text_;
  WantedTime since_{.moment = Timestamp::min()};
  WantedTime until_{.moment = Timestamp::max()};
};

}  // namespace weir::cli
