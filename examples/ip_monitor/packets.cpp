// Prints the packets of an adapter: packets ADAPTER COUNT
#include <cstdio>
#include <cstdlib>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  using weir::compat::IPMonitor;
  IPMonitor monitor;
  long wanted = std::atol(argv[2]);
  monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
  monitor.on_packet = [&](const weir::compat::IPMonitorPacketEventParams& event) {
    const auto since_1970 = event.time_stamp.time_since_epoch();
    std::printf("%lld ns: %u bytes, %u captured\n", static_cast<long long>(since_1970.count()),
                event.packet_size, event.data_size);
    if (--wanted == 0) monitor.deactivate();
  };
  try {
    monitor.activate(argv[1]);
    std::printf("monitoring %s\n", argv[1]);
    std::fflush(stdout);
    while (monitor.get_active()) monitor.do_events();
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
