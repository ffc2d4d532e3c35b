// However many objects ask for it, there is one.
#include "compat/net_filter/process_protection.h"

#include <memory>
#include <mutex>

#include "weir/sandbox/protection.h"

namespace weir::compat::net_filter {

bool protect_process(bool enabled) {
  static std::mutex mutex;
  static std::unique_ptr<sandbox::Protection> protection;
  const std::lock_guard lock{mutex};
  if (!enabled) {
    protection.reset();
  } else if (protection == nullptr) {
    protection = std::make_unique<sandbox::Protection>();
  }
  return !enabled;
}

}  // namespace weir::compat::net_filter
