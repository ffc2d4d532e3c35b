// The adapter that an IPMonitor monitors: its packets one by one, or their totals.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "weir/capture/counter.h"
#include "weir/capture/live.h"
#include "weir/packet.h"

namespace weir::compat {

/// Since monitoring began.
struct MonitorTotals {
  /// Those that passed the filter, whether or not there was room for them: told, dropped or still
  /// waiting. One that waits does so by the filter that held when it came, until it is looked at.
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  std::uint64_t dropped_by_adapter = 0;
};

class MonitoredAdapter {
 public:
  /// What is fixed as long as it is monitored.
  struct Settings {
    /// Bytes; 0 is the default.
    std::int64_t buffer_size = 0;
    std::int64_t max_packet_size = 0;
    bool promiscuous = false;
    bool monitor_mode = false;
  };
  /// What may change, and holds then for all that has not been told yet.
  struct Choice {
    filter::Filter filter{};
    capture::Traffic traffic = capture::Traffic::any;
    /// Totals in place of packets.
    bool totals = false;
  };

  /// Throws as Live and Counter do; so all that changes it, and then it is as before.
  MonitoredAdapter(std::string name, const Settings& settings, const Choice& choice);

  /// Its filter and its traffic, of what there is in the change.
  void change(const capture::CounterChange& change);
  /// Whether what waits, and what comes, is totals from now on.
  void tell_totals(bool totals);

  /// In place of packets: before the first of several next(). Waits for a packet for so long at
  /// most; next() then ends with what was there by the time it was, however much comes.
  void await(Duration longest);
  /// The next packet that is wanted, valid until the next call; false if there is none.
  [[nodiscard]] bool next(Packet& packet);
  /// In place of packets: what came since the last call.
  [[nodiscard]] capture::Counts take_counts();

  /// Whether it went down or away, and all that it had was told.
  [[nodiscard]] bool is_gone() const noexcept { return is_gone_; }
  [[nodiscard]] MonitorTotals totals() { return totals({.and_waiting = true}); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  using Capture = std::variant<capture::Live, capture::Counter>;

  [[nodiscard]] Capture opened(const Choice& choice) const;
  /// Ends the capture at hand, keeping what it has counted, and begins another.
  void reopen(const Choice& choice);
  /// Whether the counter can go on, by other things.
  [[nodiscard]] static bool change_counter(capture::Counter& counter,
                                           const capture::CounterChange& change);
  [[nodiscard]] bool refill(Deadline deadline);
  [[nodiscard]] bool is_wanted(const Packet& packet) const noexcept;
  void count_rest();
  void count(capture::Counter& counter);
  /// Of packets: all that are there now are before the mark.
  void mark();
  /// Whether all before the mark have been looked at.
  [[nodiscard]] bool is_at_mark();
  struct Counted {
    /// Packets that nobody has looked at yet.
    bool and_waiting;
  };
  [[nodiscard]] MonitorTotals totals(Counted counted);
  /// What there is becomes counts that were not told; so long at most for what is yet to be handed
  /// over.
  void count(Duration patience);

  std::string name_;
  Settings settings_;
  Choice choice_;
  Capture capture_;
  /// Of captures that have ended.
  MonitorTotals before_{};
  /// What was counted but not told yet.
  capture::Counts untold_{};
  /// Of the counter at hand, what is in untold_ or was told.
  capture::Counts counted_{};
  /// Of the batch at hand, not told yet. After a change they were chosen by what held before.
  std::span<const Packet> rest_{};
  bool judges_rest_ = false;
  /// Of the packets at hand: refused after they had been delivered.
  std::uint64_t refused_ = 0;
  /// How many are looked at before next() ends; 0 for none.
  std::uint64_t mark_ = 0;
  /// Packets are counted one by one as nothing else could be opened.
  bool is_last_resort_ = false;
  bool is_gone_ = false;
};

}  // namespace weir::compat
