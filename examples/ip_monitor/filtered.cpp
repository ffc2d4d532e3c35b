// Prints what comes in and matches a filter, then what matches another: filtered ADAPTER FILTER
// FILTER
#include <cstdio>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  using weir::compat::IPMonitor;
  IPMonitor monitor;
  try {
    monitor.set_direction(IPMonitor::PACKET_DIRECTION_INCOMING);
    monitor.set_filter(argv[2]);
    monitor.on_packet = [&](const weir::compat::IPMonitorPacketEventParams& event) {
      std::printf("%s: %u bytes\n", monitor.get_filter().c_str(), event.packet_size);
      if (monitor.get_filter() == argv[3]) return monitor.deactivate();
      monitor.set_filter(argv[3]);  // holds for the next packet
    };
    monitor.activate(argv[1]);
    std::printf("monitoring %s\n", argv[1]);
    std::fflush(stdout);
    while (monitor.get_active()) monitor.do_events();
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
