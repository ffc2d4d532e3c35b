// What a tracker tells about flows.
#pragma once

#include "weir/flow/flow.h"
#include "weir/packet.h"

namespace weir::flow {

/// Callbacks of a Tracker, on its thread. Flows are borrowed for the call. A callback may throw (an
/// output that fails); the exception leaves the tracker's call, and the tracker stays usable. Of
/// the tracker it may call attach(), detach(), what only counts (counts(), facts(), size(),
/// memory(), history_counts(), history_packets()), and rates() and history() of the flow it is
/// handed. It must not destroy the tracker, nor assign to it; all else throws an Error
/// (invalid_argument).
class WEIR_API Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer();

  /// The first packet of a flow has been counted.
  virtual void on_start(const Flow& /*flow*/) {}
  /// Whether on_packet() is to be called: asked once, when the observer is attached.
  [[nodiscard]] virtual bool wants_packets() const noexcept { return false; }
  /// A packet has been counted in the flow, after on_start(). Borrowed for the call; who sent it is
  /// as known by now. One that had to wait until it was decided whose it is comes then, as a copy
  /// without its PacketMeta. TrackerCounts::packets_untold counts those there was no room for, and
  /// those that an on_start() before them has thrown at: no observer is handed these.
  virtual void on_packet(const Flow& /*flow*/, const Packet& /*packet*/,
                         bool /*is_from_originator*/) {}
  /// The flow is complete and leaves the table.
  virtual void on_end(const Flow& /*flow*/, EndReason /*reason*/) {}
  /// The packets' clock has come to another second, with TrackerOptions::seconds: to the whole one
  /// that began at `begin`, or beyond. `passed` is how many have begun since the call before, or
  /// since the first time there was: one, or more where the clock has jumped, so that one call
  /// tells of a jump however wide. Nothing is told of steps back, nor of what was told before them.
  /// What was due has ended by then; the packet that brings the time is counted after.
  virtual void on_second(Timestamp /*begin*/, std::uint64_t /*passed*/) {}
  /// Tracker::finish() has ended every flow.
  virtual void on_finish() {}
};

}  // namespace weir::flow
