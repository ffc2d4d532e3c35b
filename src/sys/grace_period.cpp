// membarrier(2), which is synchronize_rcu() for all processes.
#include "sys/grace_period.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weir::sys {

bool wait_for_grace_period() noexcept {
  return ::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0;
}

}  // namespace weir::sys
