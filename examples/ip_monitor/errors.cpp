// What a handler throws is told, and the next packet follows: errors ADAPTER COUNT
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  weir::compat::IPMonitor monitor;
  long wanted = std::atol(argv[2]);
  monitor.on_packet = [](const auto&) { throw std::runtime_error{"this packet is not for me"}; };
  monitor.on_error = [&](const weir::compat::IPMonitorErrorEventParams& event) {
    std::printf("%d %s\n", event.error_code, event.description.c_str());
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
