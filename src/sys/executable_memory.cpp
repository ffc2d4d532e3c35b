// mmap and mprotect behind ExecutableMemory.
#include "sys/executable_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "weir/error.h"

namespace weir::sys {

ExecutableMemory::ExecutableMemory(Bytes code) {
  void* const pages =
      ::mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw SystemError{errno, "map memory for machine code"};
  auto* const start = static_cast<std::uint8_t*>(pages);
  std::ranges::copy(code, start);
  if (::mprotect(pages, code.size(), PROT_READ | PROT_EXEC) != 0) {
    const int number = errno;
    ::munmap(pages, code.size());
    throw SystemError{number, "make machine code executable"};
  }
  code_ = {start, code.size()};
}

ExecutableMemory::ExecutableMemory(ExecutableMemory&& other) noexcept
    : code_{std::exchange(other.code_, {})} {}

ExecutableMemory& ExecutableMemory::operator=(ExecutableMemory&& other) noexcept {
  std::swap(code_, other.code_);
  return *this;
}

ExecutableMemory::~ExecutableMemory() {
  // munmap wants a plain pointer; nothing is written through it.
  if (!code_.empty()) ::munmap(const_cast<std::uint8_t*>(code_.data()), code_.size());
}

}  // namespace weir::sys
