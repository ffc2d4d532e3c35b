// A lock on a file that ends with whoever holds it, and whether there is one.
#pragma once

#include <sys/types.h>

#include <string>

#include "gate/store/state_folder.h"
#include "sys/file_descriptor.h"

namespace weir::gate {

/// Locks of an open file (fcntl(2), "open file description locks"): threads of one process keep
/// each other out, too.
class FileLock {
 public:
  enum class Wait : bool { no, yes };

  /// Throws SystemError naming the path: EBUSY where it is locked and nobody waits.
  FileLock(sys::FileDescriptor file, Wait wait, const std::string& path);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  sys::FileDescriptor file_;
  // A child that was forked has the same open file, and must not unlock it.
  pid_t owner_;
};

/// Whether anybody has a FileLock on a file; needs no rights to open it. False if there is none.
[[nodiscard]] bool is_locked(const StateFolder& folder, const std::string& name);

}  // namespace weir::gate
