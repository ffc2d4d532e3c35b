// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace bench {

/// SplitMix64 finalizer: a bijection of 64-bit integers that looks random.
constexpr std::uint64_t scramble(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_{scramble(seed + 1)} {}

  constexpr std::uint64_t next() noexcept { return scramble(state_ += 0x9e3779b97f4a7c15); }

  /// Uniform in [0, limit); limit > 0.
  constexpr std::uint32_t below(std::uint32_t limit) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * limit) >> 32);
  }

  /// Uniform in [low, high].
  constexpr std::uint32_t between(std::uint32_t low, std::uint32_t high) noexcept {
    return low + below(high - low + 1);
  }

  constexpr bool per_mille(std::uint32_t chance) noexcept { return below(1000) < chance; }

  /// Heavy-tailed (Pareto with exponent 1): each doubling of `base` is half as likely as the one
  /// before it, up to `doublings` of them.
  constexpr std::uint32_t heavy(std::uint32_t base, std::uint32_t doublings) noexcept {
    std::uint32_t exponent = 0;
    for (std::uint64_t bits = next(); exponent < doublings && (bits & 1) != 0; bits >>= 1) {
      ++exponent;
    }
    return (base << exponent) + below(base << exponent);
  }

 private:
  std::uint64_t state_;
};

}  // namespace bench
