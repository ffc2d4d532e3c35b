// The keyed hash that places flows: 128-bit multiplications over the words of the key.
#pragma once

#include <bit>
#include <cstdint>

#include "weir/flow/key.h"
#include "weir/flow/tracker.h"

namespace weir::flow {

/// Without the caller's two words nobody can choose keys that collide: each pair of key words is
/// masked with secrets and folded by a full multiplication, so differences spread over all bits.
/// Equality of flows never rests on it.
class KeyHash {
 public:
  explicit KeyHash(const HashKey& key) noexcept {
    std::uint64_t state = key.words[0];
    for (std::uint64_t& secret : secrets_) {
      state += 0x9e3779b97f4a7c15U + std::rotl(key.words[1], 23);
      secret = fold(state ^ 0xd6e8feb86659fd93U, key.words[1] ^ 0xa5cb9243c2b9a4c3U) ^ state;
    }
  }

  [[nodiscard]] std::uint64_t operator()(const FlowKey& key) const noexcept {
    const std::uint64_t a = fold(key.word(0) ^ secrets_[0], key.word(1) ^ secrets_[1]);
    const std::uint64_t b = fold(key.word(2) ^ secrets_[2], key.word(3) ^ secrets_[3]);
    const std::uint64_t c = fold(key.word(4) ^ secrets_[4], key.tail() ^ secrets_[5]);
    return fold(a ^ std::rotl(b, 32) ^ secrets_[6], c ^ b ^ secrets_[7]);
  }

 private:
  __extension__ using Wide = unsigned __int128;

  [[nodiscard]] static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::uint64_t secrets_[8] = {};  // NOLINT: plain words
};

}  // namespace weir::flow
