// Memory of the heap: realloc(3) moves the pages of large blocks and copies nothing.
#include "weir/memory.h"

#include <cstdlib>
#include <new>

namespace weir {
namespace {

class Heap final : public Memory {
 public:
  std::uint8_t* resize(std::uint8_t* data, std::size_t, std::size_t size) override {
    void* const resized = std::realloc(data, size);  // NOLINT(cppcoreguidelines-no-malloc)
    if (resized == nullptr) throw std::bad_alloc{};
    return static_cast<std::uint8_t*>(resized);
  }
  void free(std::uint8_t* data, std::size_t) noexcept override {
    std::free(data);  // NOLINT(cppcoreguidelines-no-malloc)
  }
};

}  // namespace

// Never destroyed: buffers may outlive all other objects.
Memory& Memory::heap() noexcept {
  static Heap& heap = *new Heap;
  return heap;
}

}  // namespace weir
