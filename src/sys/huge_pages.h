// Memory in huge pages, mapped by itself.
#pragma once

#include "weir/memory.h"

namespace weir::sys {

/// From 1 MiB on a mapping of its own, aligned for huge pages, which the kernel is asked for
/// (madvise(2), MADV_HUGEPAGE): a fault every 2 MiB. It grows by moving its pages, not what is in
/// them. What is smaller is of the heap. Several threads at once.
class HugePages final : public Memory {
 public:
  std::uint8_t* resize(std::uint8_t* data, std::size_t old_size, std::size_t size) override;
  void free(std::uint8_t* data, std::size_t size) noexcept override;
};

}  // namespace weir::sys
