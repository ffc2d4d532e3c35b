// What every checked view has in common: its bytes and unchecked loads.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>

#include "weir/bytes.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

/// Base of the checked views: a span whose lengths have been checked. It borrows the packet's
/// bytes; copy it like a span.
class View {
 public:
  /// From the first byte of the header to the end of what the header covers.
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

 protected:
  explicit View(Bytes bytes) noexcept : bytes_{bytes} {}

  /// Precondition: sizeof(T) bytes at `offset`, which the derived view's parse() has checked.
  template <std::unsigned_integral T>
  [[nodiscard]] T field(std::size_t offset) const noexcept {
    return load_be<T>(bytes_.data() + offset);
  }
  /// The same for the few headers written in little-endian order.
  template <std::unsigned_integral T>
  [[nodiscard]] T field_le(std::size_t offset) const noexcept {
    return load_le<T>(bytes_.data() + offset);
  }

  Bytes bytes_;
};

/// `bytes` up to `length`; all of them when fewer were captured.
[[nodiscard]] inline Bytes up_to(Bytes bytes, std::size_t length) noexcept {
  return length < bytes.size() ? bytes.first(length) : bytes;
}

/// Copies `from`. Precondition: `to` has room for it.
inline void store_bytes(std::uint8_t* to, Bytes from) noexcept {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace weir::wire
