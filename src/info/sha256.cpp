// SHA-256: padding and the portable compression function.
#include "weir/info/sha256.h"

#include <algorithm>
#include <bit>

#include "info/sha256_blocks.h"

namespace weir::info {
namespace {

void compress_any(Sha256State& state, const std::uint8_t* blocks, std::size_t count) noexcept {
  if (!compress_with_instructions(state, blocks, count)) compress_portable(state, blocks, count);
}

// FIPS 180-4 6.2.2.
void compress_block(Sha256State& state, const std::uint8_t* block) noexcept {
  std::array<std::uint32_t, 64> words;
  for (std::size_t t = 0; t < 16; ++t) words[t] = load_be<std::uint32_t>(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t two_ago = words[t - 2];
    const std::uint32_t fifteen_ago = words[t - 15];
    words[t] = (std::rotr(two_ago, 17) ^ std::rotr(two_ago, 19) ^ two_ago >> 10) + words[t - 7] +
               (std::rotr(fifteen_ago, 7) ^ std::rotr(fifteen_ago, 18) ^ fifteen_ago >> 3) +
               words[t - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                ((e & f) ^ (~e & g)) + sha256_constants[t] + words[t];
    const std::uint32_t second =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const Sha256State added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

}  // namespace

void compress_portable(Sha256State& state, const std::uint8_t* blocks, std::size_t count) noexcept {
  for (; count != 0; --count, blocks += 64) compress_block(state, blocks);
}

void Sha256::update(Bytes bytes) noexcept {
  const std::size_t waiting = length_ % block_size;
  length_ += bytes.size();
  if (waiting != 0) {
    const std::size_t taken = std::min(block_size - waiting, bytes.size());
    std::copy_n(bytes.begin(), taken, partial_.begin() + static_cast<std::ptrdiff_t>(waiting));
    if (waiting + taken < block_size) return;
    compress_any(state_, partial_.data(), 1);
    bytes = bytes.subspan(taken);
  }
  const std::size_t whole = bytes.size() / block_size;
  compress_any(state_, bytes.data(), whole);
  bytes = bytes.subspan(whole * block_size);
  std::copy(bytes.begin(), bytes.end(), partial_.begin());
}

// FIPS 180-4 5.1.1: a one bit, zeros, the length in bits.
Sha256::Digest Sha256::digest() noexcept {
  const std::uint64_t bits = length_ * 8;
  std::array<std::uint8_t, block_size + 8> padding{0x80};
  const std::size_t zeros_end = (length_ % block_size < 56 ? 56 : 120) - length_ % block_size;
  update(Bytes{padding}.first(zeros_end));
  std::array<std::uint8_t, 8> length;
  store_be(length.data(), bits);
  update(length);
  Digest digest;
  for (std::size_t i = 0; i < state_.size(); ++i) store_be(digest.data() + 4 * i, state_[i]);
  *this = Sha256{};
  return digest;
}

std::string Sha256::hex_digest() {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest()) {
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

}  // namespace weir::info
