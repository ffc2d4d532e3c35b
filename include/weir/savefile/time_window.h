// Which packets are wanted by their time: a window whose ends may depend on what is read.
#pragma once

#include <cstdint>

#include "weir/packet.h"

namespace weir::savefile {

/// One end of a TimeWindow.
struct WindowEnd {
  enum class Kind : std::uint8_t {
    moment,
    clock,       ///< of the local day of the first packet that is read: 16:40
    before_end,  ///< so long before the largest time stamp there is
  };
  Kind kind = Kind::moment;
  Timestamp moment{};
  /// Since midnight, or before the end.
  Duration span{};
  /// Where a local clock shows a time twice, the later one is meant.
  bool is_later = false;
};

/// From `since` (inclusive) to `until` (exclusive). A packet without a time stamp is in no window
/// but that which has no bounds. One thread at a time; const calls from several.
class WEIR_API TimeWindow {
 public:
  static constexpr WindowEnd no_start{.moment = Timestamp::min()};
  static constexpr WindowEnd no_end{.moment = Timestamp::max()};

  /// Everything.
  TimeWindow() = default;
  TimeWindow(const WindowEnd& since, const WindowEnd& until) noexcept
      : since_{since}, until_{until}, is_everything_{false} {}

  [[nodiscard]] bool is_everything() const noexcept { return is_everything_; }
  /// Whether what it holds depends on the first packet, or on the last.
  [[nodiscard]] bool needs_start() const noexcept { return needs(WindowEnd::Kind::clock); }
  [[nodiscard]] bool needs_end() const noexcept { return needs(WindowEnd::Kind::before_end); }
  /// Whether nothing can be in it, as far as can be told.
  [[nodiscard]] bool is_empty() const noexcept {
    return !needs_start() && !needs_end() && since_.moment >= until_.moment;
  }

  /// The last moment it may hold, as far as can be told.
  [[nodiscard]] Timestamp last() const noexcept {
    if (until_.kind != WindowEnd::Kind::moment) return Timestamp::max();
    return until_.moment == Timestamp::min() ? until_.moment : until_.moment - Duration{1};
  }

  /// The first time stamp that is read, and the largest of all there are.
  void start_at(Timestamp first) noexcept;
  void end_at(Timestamp last) noexcept;

  /// Precondition: it depends on nothing any more.
  [[nodiscard]] bool holds(const Packet& packet) const noexcept {
    return since_.moment <= packet.timestamp && packet.timestamp < until_.moment &&
           !has(packet.flags, PacketFlags::no_timestamp);
  }

 private:
  [[nodiscard]] bool needs(WindowEnd::Kind kind) const noexcept {
    return since_.kind == kind || until_.kind == kind;
  }

  WindowEnd since_ = no_start;
  WindowEnd until_ = no_end;
  bool is_everything_ = true;
};

}  // namespace weir::savefile
