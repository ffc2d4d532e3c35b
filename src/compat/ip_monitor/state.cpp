// Tells packets and totals to handlers, and their errors.
#include "compat/ip_monitor/state.h"

#include <cxxabi.h>

#include "compat/gone.h"

namespace weir::compat {
namespace {

constexpr std::int64_t largest_buffer = std::int64_t{1} << 40;
constexpr std::int64_t longest_packet = 262'144;
constexpr std::int64_t milliseconds_of_a_day = 86'400'000;

int code_of(const std::exception& error) noexcept {
  const auto* const known = dynamic_cast<const Error*>(&error);
  return known == nullptr ? 0 : static_cast<int>(known->code());
}

/// Calls a handler; what it throws goes to on_error, where there is one.
template <class Handler, class Event>
void tell(const IPMonitorHandlers& handlers, const Handler& handler, const Event& event) {
  try {
    handler(event);
  } catch (const std::exception& error) {
    if (!handlers.on_error) throw;
    handlers.on_error({code_of(error), error.what()});
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled (pthread_cancel(3))
  } catch (...) {
    if (!handlers.on_error) throw;
    handlers.on_error({0, "no std::exception"});
  }
}

}  // namespace

IPMonitor::State::State()
    : settings{number_setting("BufferSize", fixed.buffer_size, 0, largest_buffer),
               number_setting("MaxPacketSize", fixed.max_packet_size, 0, longest_packet),
               number_setting("PacketTimeout", packet_timeout, 1, milliseconds_of_a_day),
               boolean_setting("PromiscuousMode", fixed.promiscuous),
               boolean_setting("WiFiMonitorMode", fixed.monitor_mode),
               build_setting(),
               license_setting()} {}

bool IPMonitor::State::tell_packets(const IPMonitorHandlers& handlers, Duration longest) {
  const std::shared_ptr<MonitoredAdapter> adapter = monitored;
  adapter->await(longest);
  bool told = false;
  // A handler may change everything.
  for (Packet packet; mode == PCAP_MODE_CAPT && monitored == adapter && adapter->next(packet);) {
    told = true;
    if (!handlers.on_packet) continue;
    tell(handlers, handlers.on_packet,
         IPMonitorPacketEventParams{packet.timestamp, packet.wire_length, packet.data.data(),
                                    static_cast<std::uint32_t>(packet.data.size())});
  }
  end_if_gone(*adapter);
  return told;
}

void IPMonitor::State::tell_totals(const IPMonitorHandlers& handlers) {
  const std::shared_ptr<MonitoredAdapter> adapter = monitored;
  const capture::Counts counts = adapter->take_counts();
  const IPMonitorStatisticsEventParams event{wall_clock(), counts.packets, counts.bytes};
  if (handlers.on_statistics) tell(handlers, handlers.on_statistics, event);
  end_if_gone(*adapter);
}

void IPMonitor::State::end_if_gone(const MonitoredAdapter& adapter) {
  if (!adapter.is_gone() || monitored.get() != &adapter) return;
  monitored.reset();
  throw gone("monitor", adapter.name());
}

}  // namespace weir::compat
