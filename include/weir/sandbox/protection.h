// Makes a process hard to end, as far as the kernel lets it.
#pragma once

#include "weir/api.h"

namespace weir::sandbox {

/// As long as it lives: the process ignores SIGHUP, SIGINT, SIGQUIT and SIGTERM, is the last the
/// kernel ends for want of memory (oom_score_adj -1000, with CAP_SYS_RESOURCE), and other
/// processes of its user may neither trace it nor read its memory (PR_SET_DUMPABLE). SIGKILL ends
/// it all the same. Puts back what was there before. One at a time in a process.
class WEIR_API Protection {
 public:
  /// Throws SystemError.
  Protection();
  Protection(const Protection&) = delete;
  Protection& operator=(const Protection&) = delete;
  ~Protection();

  /// Whether the kernel ends other processes first; false without the rights for that.
  [[nodiscard]] bool is_last_to_go() const noexcept { return is_last_; }

 private:
  struct WEIR_PRIVATE Before;
  Before* before_;
  bool is_last_ = false;
};

}  // namespace weir::sandbox
