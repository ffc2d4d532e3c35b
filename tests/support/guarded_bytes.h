// Bytes with nothing behind them: machine code that reads too far is caught, where sanitizers see
// only what a compiler has instrumented.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <new>

#include "weir/bytes.h"

namespace weir::test {

/// A page in front of one that must not be touched.
class GuardedBytes {
 public:
  GuardedBytes()
      : page_{static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))},
        start_{::mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0)} {
    if (start_ == MAP_FAILED) throw std::bad_alloc{};
    ::mprotect(static_cast<std::uint8_t*>(start_) + page_, page_, PROT_NONE);
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { ::munmap(start_, 2 * page_); }

  /// A copy that ends where the page does; valid until the next one. At most a page.
  [[nodiscard]] Bytes hold(Bytes bytes) const {
    assert(bytes.size() <= page_);
    auto* const first = static_cast<std::uint8_t*>(start_) + page_ - bytes.size();
    std::ranges::copy(bytes, first);
    return {first, bytes.size()};
  }

 private:
  std::size_t page_;
  void* start_;
};

}  // namespace weir::test
