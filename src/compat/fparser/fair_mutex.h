// A mutex that its most eager user does not keep from the others.
#pragma once

#include <mutex>

namespace weir::compat {

/// Who lets go of it and asks again comes behind one that has waited meanwhile.
class FairMutex {
 public:
  void lock() {
    const std::scoped_lock turn{turn_};
    mutex_.lock();
  }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  std::mutex turn_{};
  std::mutex mutex_{};
};

}  // namespace weir::compat
