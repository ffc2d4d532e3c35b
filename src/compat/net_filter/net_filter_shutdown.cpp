// NetFilter's end of the system: only where logind can be asked.
#include "compat/net_filter/events.h"
#include "compat/net_filter/shutdown.h"
#include "weir/compat/net_filter.h"

namespace weir::compat {

using namespace net_filter;

bool NetFilter::shutdown_system(const std::string& shutdown_prompt, int timeout,
                                bool force_close_apps, bool reboot) {
  expect_no_event("shutdown_system");
  return shut_down({.prompt = shutdown_prompt,
                    .timeout = std::chrono::seconds{timeout},
                    .force_close_apps = force_close_apps,
                    .reboot = reboot});
}

std::vector<std::string> NetFilter::shutdown_calls(const std::string& shutdown_prompt, int timeout,
                                                   bool force_close_apps, bool reboot) {
  return net_filter::shutdown_calls({.prompt = shutdown_prompt,
                                     .timeout = std::chrono::seconds{timeout},
                                     .force_close_apps = force_close_apps,
                                     .reboot = reboot});
}

}  // namespace weir::compat
