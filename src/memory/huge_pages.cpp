// The one that everybody shares.
#include "weir/memory/huge_pages.h"

#include "sys/huge_pages.h"

namespace weir::memory {

// Never destroyed: buffers may outlive all other objects.
Memory& huge_pages() noexcept {
  static sys::HugePages& pages = *new sys::HugePages;
  return pages;
}

}  // namespace weir::memory
