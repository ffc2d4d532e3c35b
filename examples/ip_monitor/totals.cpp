// Prints how much comes, until so many packets have: totals ADAPTER COUNT
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  using weir::compat::IPMonitor;
  IPMonitor monitor;
  std::uint64_t packets = 0;
  monitor.set_operation_mode(IPMonitor::PCAP_MODE_STAT);
  monitor.on_statistics = [&](const weir::compat::IPMonitorStatisticsEventParams& event) {
    packets += event.captured_packets;
    std::printf("%llu packets, %llu bytes\n",
                static_cast<unsigned long long>(event.captured_packets),
                static_cast<unsigned long long>(event.captured_bytes));
  };
  try {
    monitor.activate(argv[1]);
    std::printf("monitoring %s\n", argv[1]);
    std::fflush(stdout);
    while (packets < std::strtoull(argv[2], nullptr, 10)) {
      std::this_thread::sleep_for(std::chrono::milliseconds{200});
      monitor.do_events();
    }
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
