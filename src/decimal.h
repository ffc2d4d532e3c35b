// Integers as decimal characters, eight digits at a time and without branches on their number.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// Room that write_decimal() and write_signed_decimal() need; they write at most 20 digits and a
/// sign, but store in eights.
inline constexpr std::size_t max_decimal = 32;

namespace detail {
inline constexpr auto digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// The eight digits of a number below 10^8 as bytes 0 to 9, the first digit in the lowest byte.
/// Fours, pairs and digits are split in all lanes of one word at once.
constexpr std::uint64_t eight_digits(std::uint32_t value) noexcept {
  const std::uint64_t fours = value / 10'000 | std::uint64_t{value % 10'000} << 32;
  // 10486 / 2^20 is 1/100 for anything below 10^4.
  const std::uint64_t upper_pairs = fours * 10486 >> 20 & 0x0000'007f'0000'007f;
  const std::uint64_t pairs = upper_pairs + ((fours - 100 * upper_pairs) << 16);
  // 103 / 2^10 is 1/10 for anything below 100.
  const std::uint64_t tens = pairs * 103 >> 10 & 0x000f'000f'000f'000f;
  return tens + ((pairs - 10 * tens) << 8);
}

inline constexpr std::uint64_t eight_zeros = 0x3030'3030'3030'3030;

inline void store_digits(char* to, std::uint64_t digits) noexcept {
  if constexpr (std::endian::native == std::endian::big) digits = std::byteswap(digits);
  std::memcpy(to, &digits, sizeof digits);
}
}  // namespace detail

/// Writes the two digits of a number below 100.
inline char* write_two_digits(char* to, unsigned value) noexcept {
  std::memcpy(to, detail::digit_pairs.data() + std::size_t{2} * value, 2);
  return to + 2;
}

/// Writes a number below 10^8 with leading zeros.
inline char* write_eight_digits(char* to, std::uint32_t value) noexcept {
  detail::store_digits(to, detail::eight_digits(value) | detail::eight_zeros);
  return to + 8;
}

namespace detail {
// A number below 10^8 without leading zeros.
inline char* write_leading_digits(char* to, std::uint32_t value) noexcept {
  const std::uint64_t digits = eight_digits(value);
  // The last digit is written even if it is zero.
  const int leading = std::countr_zero(digits | std::uint64_t{1} << 56) / 8;
  store_digits(to, (digits | eight_zeros) >> (8 * leading));
  return to + 8 - leading;
}
}  // namespace detail

/// Precondition: room for max_decimal characters.
inline char* write_decimal(char* to, std::uint64_t value) noexcept {
  constexpr std::uint32_t unit = 100'000'000;
  if (value < unit) return detail::write_leading_digits(to, static_cast<std::uint32_t>(value));
  const std::uint64_t upper = value / unit;
  if (upper < unit) {
    to = detail::write_leading_digits(to, static_cast<std::uint32_t>(upper));
  } else {
    to = detail::write_leading_digits(to, static_cast<std::uint32_t>(upper / unit));
    to = write_eight_digits(to, static_cast<std::uint32_t>(upper % unit));
  }
  return write_eight_digits(to, static_cast<std::uint32_t>(value % unit));
}

/// Precondition: room for max_decimal characters.
inline char* write_signed_decimal(char* to, std::int64_t value) noexcept {
  if (value >= 0) return write_decimal(to, static_cast<std::uint64_t>(value));
  *to = '-';
  return write_decimal(to + 1, std::uint64_t{0} - static_cast<std::uint64_t>(value));
}

}  // namespace weir
