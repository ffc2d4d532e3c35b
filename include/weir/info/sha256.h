// SHA-256 (FIPS 180-4): names the content of a capture in the flow database.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"

namespace weir::info {

/// The digest of bytes that come in pieces. Uses the processor's SHA instructions where it has
/// them.
class WEIR_API Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  void update(Bytes bytes) noexcept;
  /// The digest of everything so far, as 64 hex digits; the object starts anew.
  [[nodiscard]] std::string hex_digest();
  [[nodiscard]] Digest digest() noexcept;

 private:
  static constexpr std::size_t block_size = 64;
  // FIPS 180-4 5.3.3.
  static constexpr std::array<std::uint32_t, 8> initial{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                                        0xa54ff53a, 0x510e527f, 0x9b05688c,
                                                        0x1f83d9ab, 0x5be0cd19};

  std::array<std::uint32_t, 8> state_ = initial;
  std::array<std::uint8_t, block_size> partial_{};
  std::uint64_t length_ = 0;
};

}  // namespace weir::info
