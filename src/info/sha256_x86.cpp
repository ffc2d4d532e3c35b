// SHA-256 with the SHA extensions of x86 (four rounds per step); elsewhere, nothing.
// NOLINTBEGIN(portability-simd-intrinsics)
#include "info/sha256_blocks.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace weir::info {

#if defined(__x86_64__)
namespace {

bool has_sha_instructions() noexcept {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned sha = 1U << 29;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & sha) != 0;
}

__attribute__((target("sse2"))) __m128i load(const void* from) noexcept {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

__attribute__((target("sha,sse4.1"))) void compress(Sha256State& state, const std::uint8_t* block,
                                                    std::size_t count) noexcept {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  // The instructions want the words as ABEF and CDGH.
  const __m128i badc = _mm_shuffle_epi32(load(state.data()), 0xb1);
  const __m128i hgfe = _mm_shuffle_epi32(load(state.data() + 4), 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
  for (; count != 0; --count, block += 64) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i words[4];  // the last sixteen words of the message schedule
#pragma GCC unroll 16
    for (std::size_t step = 0; step < 16; ++step) {
      __m128i& current = words[step % 4];
      if (step < 4) {
        current = _mm_shuffle_epi8(load(block + 16 * step), big_endian);
      } else {
        const __m128i last = words[(step + 3) % 4];
        const __m128i seven_ago = _mm_alignr_epi8(last, words[(step + 2) % 4], 4);
        const __m128i sum =
            _mm_add_epi32(_mm_sha256msg1_epu32(current, words[(step + 1) % 4]), seven_ago);
        current = _mm_sha256msg2_epu32(sum, last);
      }
      const __m128i keyed = _mm_add_epi32(current, load(sha256_constants.data() + 4 * step));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace

bool compress_with_instructions(Sha256State& state, const std::uint8_t* blocks,
                                std::size_t count) noexcept {
  static const bool available = has_sha_instructions();
  if (available) compress(state, blocks, count);
  return available;
}

#else

bool compress_with_instructions(Sha256State&, const std::uint8_t*, std::size_t) noexcept {
  return false;
}

#endif

}  // namespace weir::info
// NOLINTEND(portability-simd-intrinsics)
