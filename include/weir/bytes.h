// Byte spans and unaligned integer loads: with the views, the only code that touches raw memory.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "weir/api.h"

namespace weir {

/// Borrowed bytes; valid as long as whoever owns them says.
using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

namespace detail {
constexpr std::uint8_t swap_bytes(std::uint8_t value) noexcept { return value; }
constexpr std::uint16_t swap_bytes(std::uint16_t value) noexcept {
  return __builtin_bswap16(value);
}
constexpr std::uint32_t swap_bytes(std::uint32_t value) noexcept {
  return __builtin_bswap32(value);
}
constexpr std::uint64_t swap_bytes(std::uint64_t value) noexcept {
  return __builtin_bswap64(value);
}
}  // namespace detail

/// Reads a big-endian (network order) integer. Precondition: `from` has sizeof(T) readable bytes.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_be(const std::uint8_t* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  if constexpr (std::endian::native == std::endian::little) value = detail::swap_bytes(value);
  return value;
}

/// Reads a little-endian integer. Precondition: `from` has sizeof(T) readable bytes.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_le(const std::uint8_t* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) value = detail::swap_bytes(value);
  return value;
}

/// Writes a big-endian integer. Precondition: `to` has sizeof(T) writable bytes.
template <std::unsigned_integral T>
inline void store_be(std::uint8_t* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) value = detail::swap_bytes(value);
  std::memcpy(to, &value, sizeof(T));
}

/// Writes a little-endian integer. Precondition: `to` has sizeof(T) writable bytes.
template <std::unsigned_integral T>
inline void store_le(std::uint8_t* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::big) value = detail::swap_bytes(value);
  std::memcpy(to, &value, sizeof(T));
}

}  // namespace weir
