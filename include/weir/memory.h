// Where large buffers get their octets from.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/api.h"

namespace weir {

/// Hands out octets that can grow where they lie. Several threads at once.
class WEIR_API Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  virtual ~Memory() = default;

  /// `size` octets, not 0, in place of the `old_size` at `data` (null and 0 for new ones): aligned
  /// for every type, with the old ones' content as far as that fits. Throws std::bad_alloc; then
  /// the old ones stay.
  [[nodiscard]] virtual std::uint8_t* resize(std::uint8_t* data, std::size_t old_size,
                                             std::size_t size) = 0;
  /// Takes back what resize() returned last, and was asked for.
  virtual void free(std::uint8_t* data, std::size_t size) noexcept = 0;

  /// That of malloc(3). There for ever.
  [[nodiscard]] static Memory& heap() noexcept;
};

}  // namespace weir
