// Memory for machine code made at run time: written first, executable afterwards, never both.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"

namespace weir::sys {

/// Pages with a copy of some code, readable and executable.
class ExecutableMemory {
 public:
  /// Throws SystemError if the kernel gives no such memory. Precondition: `code` is not empty.
  explicit ExecutableMemory(Bytes code);
  ExecutableMemory(ExecutableMemory&& other) noexcept;
  ExecutableMemory& operator=(ExecutableMemory&& other) noexcept;
  ExecutableMemory(const ExecutableMemory&) = delete;
  ExecutableMemory& operator=(const ExecutableMemory&) = delete;
  ~ExecutableMemory();

  /// What was copied.
  [[nodiscard]] Bytes code() const noexcept { return code_; }

 private:
  Bytes code_;
};

}  // namespace weir::sys
