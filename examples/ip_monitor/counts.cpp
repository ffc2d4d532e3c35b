// Prints how many packets came and were dropped, once so many have come: counts ADAPTER COUNT
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  weir::compat::IPMonitor monitor;
  try {
    monitor.config("BufferSize=4194304");
    monitor.config("PacketTimeout=200");
    monitor.activate(argv[1]);
    std::printf("monitoring %s\n", argv[1]);
    std::fflush(stdout);
    std::int64_t received = 0;
    std::int64_t dropped = 0;
    std::int64_t dropped_by_adapter = 0;
    while (received < std::atol(argv[2])) {
      monitor.do_events();
      monitor.get_statistics(received, dropped, dropped_by_adapter);
    }
    std::printf("%lld received, %lld dropped, %lld dropped by the adapter\n",
                static_cast<long long>(received), static_cast<long long>(dropped),
                static_cast<long long>(dropped_by_adapter));
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
