// The bytes of a value, as it lies in memory.
#pragma once

#include <cstdint>
#include <type_traits>

#include "weir/bytes.h"

namespace weir::sys {

/// Borrows the value.
template <class T>
  requires std::is_trivially_copyable_v<T>
[[nodiscard]] Bytes bytes_of(const T& value) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

/// The same, to be written.
template <class T>
  requires std::is_trivially_copyable_v<T>
[[nodiscard]] MutableBytes writable_bytes_of(T& value) noexcept {
  return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

}  // namespace weir::sys
