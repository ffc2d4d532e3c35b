// Monitors the first adapter that is listed, and ends that: first_adapter
#include <cstdio>

#include "weir/compat/ip_monitor.h"
#include "weir/error.h"

int main() {
  weir::compat::IPMonitor monitor;
  monitor.list_adapters();
  const std::string name = monitor.get_adapter_name(0);
  try {
    monitor.activate(name);
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  std::printf("monitoring %s: %s\n", name.c_str(), monitor.get_active() ? "yes" : "no");
  monitor.deactivate();
  std::printf("monitoring %s: %s\n", name.c_str(), monitor.get_active() ? "yes" : "no");
}
