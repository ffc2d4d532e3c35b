// What an IPMonitor holds, and how it tells its events.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compat/ip_monitor/monitored_adapter.h"
#include "compat/settings.h"
#include "weir/capture/adapter.h"
#include "weir/compat/ip_monitor.h"

namespace weir::compat {

/// Handlers as they were when do_events() was called: they may be replaced while they run.
struct IPMonitorHandlers {
  std::function<void(const IPMonitorPacketEventParams&)> on_packet;
  std::function<void(const IPMonitorStatisticsEventParams&)> on_statistics;
  std::function<void(const IPMonitorErrorEventParams&)> on_error;
};

/// Kept by do_events() as long as it is at work, and what is monitored too: a handler may
/// deactivate, activate another adapter or destroy the IPMonitor.
struct IPMonitor::State {
  int direction = PACKET_DIRECTION_ANY;
  int mode = PCAP_MODE_CAPT;
  std::int64_t tag = 0;
  std::string filter_text{};
  filter::Filter filter{};
  std::vector<capture::Adapter> adapters{};

  MonitoredAdapter::Settings fixed{};
  std::int64_t packet_timeout = 1000;
  std::vector<Setting> settings{};

  /// Null while not active.
  std::shared_ptr<MonitoredAdapter> monitored{};
  bool in_events = false;

  State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Waits for a packet for so long at most. Whether any was told.
  bool tell_packets(const IPMonitorHandlers& handlers, Duration longest);
  void tell_totals(const IPMonitorHandlers& handlers);

 private:
  /// Throws, and monitors no longer, if that adapter is the one at hand and gone.
  void end_if_gone(const MonitoredAdapter& adapter);
};

}  // namespace weir::compat
