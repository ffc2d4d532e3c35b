// Lists what can be monitored: adapters. Needs no rights.
#include <cstdio>

#include "weir/compat/ip_monitor.h"

int main() {
  weir::compat::IPMonitor monitor;
  monitor.list_adapters();
  for (int i = 0; i < monitor.get_adapter_count(); ++i) {
    std::printf("%s: %s\n", monitor.get_adapter_name(i).c_str(),
                monitor.get_adapter_description(i).c_str());
  }
}
