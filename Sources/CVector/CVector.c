// The functions but these are inline.
#define _GNU_SOURCE
#include "CVector.h"

#include <string.h>

const uint8_t *cvector_find(
    const uint8_t *bytes, size_t count, const uint8_t *pattern, size_t pattern_count) {
  return memmem(bytes, count, pattern, pattern_count);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX512 static inline uint64_t in_range_512(__m512i bytes, uint8_t first, uint8_t count) {
  __m512i moved = _mm512_sub_epi8(bytes, _mm512_set1_epi8((char)first));
  return _mm512_cmplt_epu8_mask(moved, _mm512_set1_epi8((char)count));
}

AVX512 static inline uint64_t equal_512(__m512i bytes, uint8_t value) {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)value));
}

AVX512 cvector_kinds cvector_kinds_of_64_avx512(const uint8_t *bytes) {
  __m512i loaded = _mm512_loadu_si512(bytes);
  cvector_kinds kinds;
  kinds.letters = in_range_512(_mm512_or_si512(loaded, _mm512_set1_epi8(0x20)), 'a', 26);
  kinds.digits = in_range_512(loaded, '0', 10);
  kinds.blanks = equal_512(loaded, ' ');
  kinds.tabs = equal_512(loaded, '\t');
  kinds.newlines = equal_512(loaded, '\n') | equal_512(loaded, '\r');
  kinds.others = ~(in_range_512(loaded, ' ', 95) | kinds.tabs | kinds.newlines);
  kinds.upper = in_range_512(loaded, 'A', 26);
  kinds.apostrophes = equal_512(loaded, '\'');
  return kinds;
}

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline uint64_t mask_of_two(__m256i first, __m256i second) {
  return (uint32_t)_mm256_movemask_epi8(first) |
         (uint64_t)(uint32_t)_mm256_movemask_epi8(second) << 32;
}

AVX2 static inline __m256i in_range_256(__m256i bytes, uint8_t first, uint8_t count) {
  __m256i moved = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)(first + 128)));
  return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(count - 128)), moved);
}

AVX2 static inline __m256i equal_256(__m256i bytes, uint8_t value) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)value));
}

AVX2 cvector_kinds cvector_kinds_of_64_avx2(const uint8_t *bytes) {
  __m256i first = _mm256_loadu_si256((const __m256i *)bytes);
  __m256i second = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  __m256i bit = _mm256_set1_epi8(0x20);
  cvector_kinds kinds;
  kinds.letters = mask_of_two(in_range_256(_mm256_or_si256(first, bit), 'a', 26),
                              in_range_256(_mm256_or_si256(second, bit), 'a', 26));
  kinds.digits = mask_of_two(in_range_256(first, '0', 10), in_range_256(second, '0', 10));
  kinds.blanks = mask_of_two(equal_256(first, ' '), equal_256(second, ' '));
  kinds.tabs = mask_of_two(equal_256(first, '\t'), equal_256(second, '\t'));
  kinds.newlines = mask_of_two(equal_256(first, '\n'), equal_256(second, '\n')) |
                   mask_of_two(equal_256(first, '\r'), equal_256(second, '\r'));
  uint64_t printing = mask_of_two(in_range_256(first, ' ', 95), in_range_256(second, ' ', 95));
  kinds.others = ~(printing | kinds.tabs | kinds.newlines);
  kinds.upper = mask_of_two(in_range_256(first, 'A', 26), in_range_256(second, 'A', 26));
  kinds.apostrophes = mask_of_two(equal_256(first, '\''), equal_256(second, '\''));
  return kinds;
}

AVX2 void cvector_lowest_of_rows_avx2(
    const uint32_t *values, const intptr_t *rows, size_t count, uint32_t *lowest) {
  for (size_t i = 0; i < count; i++) {
    const __m256i *row = (const __m256i *)(values + 16 * rows[i]);
    __m256i eight = _mm256_min_epu32(_mm256_loadu_si256(row), _mm256_loadu_si256(row + 1));
    __m128i four =
        _mm_min_epu32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    __m128i two = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0x4E));
    __m128i one = _mm_min_epu32(two, _mm_shuffle_epi32(two, 0xB1));
    lowest[i] = (uint32_t)_mm_cvtsi128_si32(one);
  }
}
#endif
