// The sum behind the internet checksum: eight bytes at a time, or AVX2 where the CPU has it.
#include "weir/wire/checksum.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::wire {
namespace {

// Both loops add 32-bit halves into 64-bit sums, which no length below 2^32 words overflows.

std::uint64_t sum_words(const std::uint8_t* at, std::size_t size) noexcept {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (; size >= 16; at += 16, size -= 16) {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::memcpy(&first, at, sizeof(first));
    std::memcpy(&second, at + 8, sizeof(second));
    low += (first & 0xffffffffU) + (second & 0xffffffffU);
    high += (first >> 32) + (second >> 32);
  }
  for (; size >= 4; at += 4, size -= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    low += word;
  }
  if (size >= 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    low += word;
  }
  if (size % 2 != 0) {
    const std::uint8_t word[2] = {at[size - 1], 0};
    std::uint16_t upper = 0;
    std::memcpy(&upper, word, sizeof(upper));
    low += upper;
  }
  return low + high;
}

#if defined(__x86_64__)
constexpr std::size_t vector_size = 64;

// Precondition: size is a multiple of vector_size.
__attribute__((target("avx2"))) std::uint64_t sum_vectors(const std::uint8_t* at,
                                                          std::size_t size) noexcept {
  const __m256i low_halves = _mm256_set1_epi64x(0xffffffff);
  __m256i low = _mm256_setzero_si256();
  __m256i high = _mm256_setzero_si256();
  for (const std::uint8_t* const end = at + size; at != end; at += vector_size) {
    __m256i first;
    __m256i second;
    std::memcpy(&first, at, sizeof(first));
    std::memcpy(&second, at + sizeof(first), sizeof(second));
    low = _mm256_add_epi64(low, _mm256_and_si256(first, low_halves));
    high = _mm256_add_epi64(high, _mm256_srli_epi64(first, 32));
    low = _mm256_add_epi64(low, _mm256_and_si256(second, low_halves));
    high = _mm256_add_epi64(high, _mm256_srli_epi64(second, 32));
  }
  const __m256i sum = _mm256_add_epi64(low, high);
  const __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(pair)) +
         static_cast<std::uint64_t>(_mm_extract_epi64(pair, 1));
}
#endif

}  // namespace

WordSum word_sum(Bytes bytes) noexcept {
#if defined(__x86_64__)
  constexpr std::size_t worth_vectors = 256;
  if (bytes.size() >= worth_vectors && __builtin_cpu_supports("avx2")) {
    const std::size_t vectors = bytes.size() / vector_size * vector_size;
    return {sum_vectors(bytes.data(), vectors) +
            sum_words(bytes.data() + vectors, bytes.size() - vectors)};
  }
#endif
  return {sum_words(bytes.data(), bytes.size())};
}

}  // namespace weir::wire
