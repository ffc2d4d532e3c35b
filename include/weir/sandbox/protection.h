// Makes a process hard to end, as far as the kernel lets it.
#pragma once

#include "weir/api.h"

namespace weir::sandbox {

/// As long as one lives: the process ignores SIGHUP, SIGINT, SIGQUIT and SIGTERM, is the last the
/// kernel ends for want of memory (oom_score_adj -1000, with CAP_SYS_RESOURCE), and other
/// processes of its user may neither trace it nor read its memory (PR_SET_DUMPABLE; it leaves no
/// core file). SIGKILL ends it all the same. Programs that it starts meanwhile inherit all but the
/// last. The last one of a process to go puts back what was there before the first came, but for
/// signals the process has handlers of its own for by then. From several threads at once.
class WEIR_API Protection {
 public:
  Protection() noexcept;
  Protection(const Protection&) = delete;
  Protection& operator=(const Protection&) = delete;
  ~Protection();

  /// Whether the kernel ends other processes first; false without the rights for that.
  [[nodiscard]] bool is_last_to_go() const noexcept { return is_last_; }

 private:
  bool is_last_ = false;
};

}  // namespace weir::sandbox
