// A keyed hash of texts: whoever wrote a capture cannot choose ones that collide.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

namespace weir::record {

/// Each pair of words is masked with secrets, random once a process, and folded by a full
/// multiplication, so that differences spread over all bits. Const calls from several threads at
/// once.
class TextHash {
 public:
  using is_transparent = void;

  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    const Secrets& secret = secrets();
    std::uint64_t state = secret[0] ^ text.size();
    while (text.size() > step) {
      state = fold(word(text) ^ secret[1], word(text.substr(step / 2)) ^ state);
      text.remove_prefix(step);
    }
    std::array<char, step> rest{};
    if (!text.empty()) std::memcpy(rest.data(), text.data(), text.size());
    const std::string_view last{rest.data(), step};
    state = fold(word(last) ^ secret[1], word(last.substr(step / 2)) ^ state);
    return fold(state ^ secret[2], secret[3]);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  using Secrets = std::array<std::uint64_t, 4>;
  static constexpr std::size_t step = 16;

  /// Of the first eight octets, which are there.
  [[nodiscard]] static std::uint64_t word(std::string_view text) noexcept {
    std::uint64_t octets = 0;
    std::memcpy(&octets, text.data(), sizeof octets);
    return octets;
  }
  [[nodiscard]] static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }
  [[nodiscard]] static const Secrets& secrets() {
    static const Secrets drawn = [] {
      std::random_device random;
      Secrets words{};
      for (std::uint64_t& one : words) one = std::uint64_t{random()} << 32U | random();
      return words;
    }();
    return drawn;
  }
};

}  // namespace weir::record
