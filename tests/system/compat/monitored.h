// An IPMonitor on one of two adapters that are joined, and what it tells.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/frames.h"
#include "system/network.h"
#include "weir/compat/ip_monitor.h"

namespace weir::test {

/// Monitors "far", with everything that is told kept. Packets come from "near".
class Monitored {
 public:
  /// With some settings, "NAME=VALUE", beside a short PacketTimeout.
  explicit Monitored(std::initializer_list<const char*> settings = {});
  void activate(const std::string& adapter = "far") { monitor.activate(adapter); }
  void totals() { monitor.set_operation_mode(compat::IPMonitor::PCAP_MODE_STAT); }

  /// do_events() until that holds. False if it does not for long.
  bool pump(const std::function<bool()>& until);
  /// Until so many packets were told, and a little longer for those that should not.
  const std::vector<Octets>& packets(std::size_t count);
  /// All packets that were told as totals, until there are so many.
  std::uint64_t counted(std::uint64_t count);

  compat::IPMonitor monitor;
  std::vector<Octets> told;
  std::vector<compat::IPMonitorStatisticsEventParams> statistics;
};

/// A datagram to a port, `size` bytes in all, from 192.0.2.1 to 198.51.100.2.
[[nodiscard]] Octets datagram_of(std::uint16_t port, std::size_t size = 60);
void send(const std::string& adapter, const std::vector<Octets>& frames);
/// received, dropped, dropped by the adapter.
[[nodiscard]] std::vector<std::int64_t> statistics_of(compat::IPMonitor& monitor);

}  // namespace weir::test
