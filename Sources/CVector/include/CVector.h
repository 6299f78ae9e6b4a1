// Sixteen bytes at a time: comparisons that the processor makes at once, as bit masks. Bit i of a mask
// belongs to byte i. SSE2 on x86-64 and NEON on AArch64, which both always have; plain C elsewhere.
//
// Every function reads exactly the 16 bytes at its argument, those whose name ends with `of_64` the 64
// bytes there, unless they say otherwise.

#ifndef CVECTOR_H
#define CVECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
typedef __m128i cvector_bytes;

static inline cvector_bytes cvector_load(const uint8_t *bytes) {
  return _mm_loadu_si128((const __m128i *)bytes);
}

static inline uint32_t cvector_mask(cvector_bytes truth) {
  return (uint32_t)_mm_movemask_epi8(truth);
}

static inline uint32_t cvector_high_bits(cvector_bytes bytes) { return cvector_mask(bytes); }

// Bytes from `first` on, `count` values, wrapping; `count` is 1 to 127.
static inline cvector_bytes cvector_in_range(cvector_bytes bytes, uint8_t first, uint8_t count) {
  __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(first + 128)));
  return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count - 128)));
}

static inline cvector_bytes cvector_equal(cvector_bytes bytes, uint8_t value) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)value));
}

static inline cvector_bytes cvector_or(cvector_bytes left, cvector_bytes right) {
  return _mm_or_si128(left, right);
}

static inline cvector_bytes cvector_with_bits(cvector_bytes bytes, uint8_t bits) {
  return _mm_or_si128(bytes, _mm_set1_epi8((char)bits));
}

#elif defined(__aarch64__)
#include <arm_neon.h>
typedef uint8x16_t cvector_bytes;

static inline cvector_bytes cvector_load(const uint8_t *bytes) { return vld1q_u8(bytes); }

static inline uint32_t cvector_mask(cvector_bytes truth) {
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t bits = vandq_u8(truth, vld1q_u8(weights));
  return (uint32_t)vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

static inline uint32_t cvector_high_bits(cvector_bytes bytes) {
  return cvector_mask(vcgeq_u8(bytes, vdupq_n_u8(0x80)));
}

static inline cvector_bytes cvector_in_range(cvector_bytes bytes, uint8_t first, uint8_t count) {
  return vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(count));
}

static inline cvector_bytes cvector_equal(cvector_bytes bytes, uint8_t value) {
  return vceqq_u8(bytes, vdupq_n_u8(value));
}

static inline cvector_bytes cvector_or(cvector_bytes left, cvector_bytes right) {
  return vorrq_u8(left, right);
}

static inline cvector_bytes cvector_with_bits(cvector_bytes bytes, uint8_t bits) {
  return vorrq_u8(bytes, vdupq_n_u8(bits));
}

#else
typedef struct {
  uint8_t at[16];
} cvector_bytes;

static inline cvector_bytes cvector_load(const uint8_t *bytes) {
  cvector_bytes result;
  for (int i = 0; i < 16; i++) result.at[i] = bytes[i];
  return result;
}

static inline uint32_t cvector_mask(cvector_bytes truth) {
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) mask |= (uint32_t)(truth.at[i] >> 7) << i;
  return mask;
}

static inline uint32_t cvector_high_bits(cvector_bytes bytes) { return cvector_mask(bytes); }

static inline cvector_bytes cvector_in_range(cvector_bytes bytes, uint8_t first, uint8_t count) {
  for (int i = 0; i < 16; i++) bytes.at[i] = (uint8_t)(bytes.at[i] - first) < count ? 0xFF : 0;
  return bytes;
}

static inline cvector_bytes cvector_equal(cvector_bytes bytes, uint8_t value) {
  for (int i = 0; i < 16; i++) bytes.at[i] = bytes.at[i] == value ? 0xFF : 0;
  return bytes;
}

static inline cvector_bytes cvector_or(cvector_bytes left, cvector_bytes right) {
  for (int i = 0; i < 16; i++) left.at[i] |= right.at[i];
  return left;
}

static inline cvector_bytes cvector_with_bits(cvector_bytes bytes, uint8_t bits) {
  for (int i = 0; i < 16; i++) bytes.at[i] |= bits;
  return bytes;
}
#endif

#if defined(__x86_64__)
// Whether the processor has the instructions of some functions that are not in this file alone.
static inline int cvector_has_avx2(void) { return __builtin_cpu_supports("avx2") != 0; }
static inline int cvector_has_avx512(void) { return __builtin_cpu_supports("avx512bw") != 0; }
#endif

// The index of the first of the lowest of `count` values, at least one.
static inline size_t cvector_index_of_lowest(const uint32_t *values, size_t count) {
  size_t best = 0;
  uint32_t lowest = values[0];
  for (size_t i = 1; i < count; i++) {
    // Which is lower cannot be foreseen: no branch.
    int is_lower = values[i] < lowest;
    best = is_lower ? i : best;
    lowest = is_lower ? values[i] : lowest;
  }
  return best;
}

// The lowest of 16 values, each of which is less than 2^31: SSE2 compares signed numbers.
static inline uint32_t cvector_lowest_of_16(const uint32_t *values) {
  int32_t lowest[4];
  for (int j = 0; j < 4; j++) lowest[j] = (int32_t)values[j];
  for (int i = 4; i < 16; i += 4) {
    for (int j = 0; j < 4; j++) {
      int32_t value = (int32_t)values[i + j];
      lowest[j] = value < lowest[j] ? value : lowest[j];
    }
  }
  int32_t left = lowest[0] < lowest[1] ? lowest[0] : lowest[1];
  int32_t right = lowest[2] < lowest[3] ? lowest[2] : lowest[3];
  return (uint32_t)(left < right ? left : right);
}

// The lowest of each of some rows of 16 values, each of which is less than 2^31, in the order of `rows`.
static inline void cvector_lowest_of_rows_plain(
    const uint32_t *values, const intptr_t *rows, size_t count, uint32_t *lowest) {
  for (size_t i = 0; i < count; i++) lowest[i] = cvector_lowest_of_16(values + 16 * rows[i]);
}

#if defined(__x86_64__)
void cvector_lowest_of_rows_avx2(
    const uint32_t *values, const intptr_t *rows, size_t count, uint32_t *lowest);
#endif

static inline void cvector_lowest_of_rows(
    const uint32_t *values, const intptr_t *rows, size_t count, uint32_t *lowest) {
#if defined(__x86_64__)
  if (cvector_has_avx2()) return cvector_lowest_of_rows_avx2(values, rows, count, lowest);
#endif
  cvector_lowest_of_rows_plain(values, rows, count, lowest);
}

// Whether 16 bytes are the same as 16 others, 1 or 0.
static inline int cvector_are_equal_16(const void *left, const void *right) {
#if defined(__SSE2__)
  __m128i same = _mm_cmpeq_epi8(_mm_loadu_si128(left), _mm_loadu_si128(right));
  return _mm_movemask_epi8(same) == 0xFFFF;
#else
  uint64_t words[4];
  memcpy(words, left, 16);
  memcpy(words + 2, right, 16);
  return ((words[0] ^ words[2]) | (words[1] ^ words[3])) == 0;
#endif
}

// Asks for the memory at an address, which is going to be read.
static inline void cvector_prefetch(const void *address) { __builtin_prefetch(address); }

// The ASCII letters.
static inline uint32_t cvector_letters(const uint8_t *bytes) {
  cvector_bytes lower = cvector_with_bits(cvector_load(bytes), 0x20);
  return cvector_mask(cvector_in_range(lower, 'a', 26));
}

// The ASCII lower-case letters.
static inline uint32_t cvector_lower_letters(const uint8_t *bytes) {
  return cvector_mask(cvector_in_range(cvector_load(bytes), 'a', 26));
}

// The ASCII upper-case letters.
static inline uint32_t cvector_upper_letters(const uint8_t *bytes) {
  return cvector_mask(cvector_in_range(cvector_load(bytes), 'A', 26));
}

// The blanks (U+0020).
static inline uint32_t cvector_blanks(const uint8_t *bytes) {
  return cvector_mask(cvector_equal(cvector_load(bytes), ' '));
}

// Whether all are ASCII.
static inline int cvector_ascii_of_64(const uint8_t *bytes) {
  cvector_bytes first = cvector_or(cvector_load(bytes), cvector_load(bytes + 16));
  cvector_bytes second = cvector_or(cvector_load(bytes + 32), cvector_load(bytes + 48));
  return cvector_high_bits(cvector_or(first, second)) == 0;
}

// The bytes that have one value.
static inline uint64_t cvector_equal_of_64(const uint8_t *bytes, uint8_t value) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    mask |= (uint64_t)cvector_mask(cvector_equal(loaded, value)) << (16 * i);
  }
  return mask;
}

// The bytes that have one of four values.
static inline uint64_t cvector_any_of_four_of_64(const uint8_t *bytes, uint8_t a, uint8_t b,
                                                 uint8_t c, uint8_t d) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    cvector_bytes found = cvector_or(cvector_or(cvector_equal(loaded, a), cvector_equal(loaded, b)),
                                     cvector_or(cvector_equal(loaded, c), cvector_equal(loaded, d)));
    mask |= (uint64_t)cvector_mask(found) << (16 * i);
  }
  return mask;
}

// Bytes with which a sentence may end: full stop, exclamation and question mark, and the
// lead bytes of UTF-8 with which other such marks begin: 0xC2 (U+0085), 0xD6, 0xD8, 0xDB, 0xDC, 0xDF, 0xE0 to
// 0xE3, 0xEA, 0xEF, 0xF0.
static inline uint64_t cvector_stops_of_64(const uint8_t *bytes) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    cvector_bytes marks = cvector_or(
        cvector_equal(loaded, '.'), cvector_or(cvector_equal(loaded, '!'), cvector_equal(loaded, '?')));
    uint32_t found = cvector_mask(marks);
    if (cvector_high_bits(loaded) != 0) {
      cvector_bytes two = cvector_or(
          cvector_or(cvector_equal(loaded, 0xC2), cvector_equal(loaded, 0xD6)),
          cvector_or(cvector_equal(loaded, 0xD8), cvector_or(cvector_in_range(loaded, 0xDB, 2),
                                                             cvector_equal(loaded, 0xDF))));
      cvector_bytes more = cvector_or(
          cvector_or(cvector_in_range(loaded, 0xE0, 4), cvector_equal(loaded, 0xEA)),
          cvector_in_range(loaded, 0xEF, 2));
      found |= cvector_mask(cvector_or(two, more));
    }
    mask |= (uint64_t)found << (16 * i);
  }
  return mask;
}

// The line feeds and carriage returns.
static inline uint64_t cvector_newlines_of_64(const uint8_t *bytes) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    cvector_bytes found = cvector_or(cvector_equal(loaded, '\n'), cvector_equal(loaded, '\r'));
    mask |= (uint64_t)cvector_mask(found) << (16 * i);
  }
  return mask;
}

// What 64 bytes are in UTF-8.
typedef struct {
  uint64_t continuations;
  // Bytes that begin a sequence of two or more, three or more, four bytes.
  uint64_t leads2;
  uint64_t leads3;
  uint64_t leads4;
  // Leads that not every continuation may follow, or none: 0xC0, 0xC1, 0xE0, 0xED, 0xF0 and above.
  uint64_t particular;
} cvector_utf8_kinds;

static inline cvector_utf8_kinds cvector_utf8_kinds_of_64(const uint8_t *bytes) {
  cvector_utf8_kinds kinds = {0, 0, 0, 0, 0};
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    int shift = 16 * i;
    kinds.continuations |= (uint64_t)cvector_mask(cvector_in_range(loaded, 0x80, 64)) << shift;
    kinds.leads2 |= (uint64_t)cvector_mask(cvector_in_range(loaded, 0xC0, 64)) << shift;
    kinds.leads3 |= (uint64_t)cvector_mask(cvector_in_range(loaded, 0xE0, 32)) << shift;
    kinds.leads4 |= (uint64_t)cvector_mask(cvector_in_range(loaded, 0xF0, 16)) << shift;
    cvector_bytes particular =
        cvector_or(cvector_in_range(loaded, 0xC0, 2),
                   cvector_or(cvector_equal(loaded, 0xE0), cvector_equal(loaded, 0xED)));
    kinds.particular |= (uint64_t)cvector_mask(particular) << shift;
  }
  kinds.particular |= kinds.leads4;
  return kinds;
}

// What 64 bytes are, each of one kind; what is of none is a printing ASCII character but a letter, digit
// or blank.
typedef struct {
  uint64_t letters;
  uint64_t digits;
  uint64_t blanks;
  uint64_t tabs;
  // Line feed and carriage return.
  uint64_t newlines;
  // Other control characters, and bytes that are not ASCII.
  uint64_t others;
  // Of the letters the upper-case ones, of the printing characters the apostrophes.
  uint64_t upper;
  uint64_t apostrophes;
} cvector_kinds;

static inline cvector_kinds cvector_kinds_of_64_plain(const uint8_t *bytes) {
  cvector_kinds kinds = {0, 0, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 4; i++) {
    cvector_bytes loaded = cvector_load(bytes + 16 * i);
    int shift = 16 * i;
    cvector_bytes lower = cvector_with_bits(loaded, 0x20);
    kinds.letters |= (uint64_t)cvector_mask(cvector_in_range(lower, 'a', 26)) << shift;
    kinds.upper |= (uint64_t)cvector_mask(cvector_in_range(loaded, 'A', 26)) << shift;
    kinds.digits |= (uint64_t)cvector_mask(cvector_in_range(loaded, '0', 10)) << shift;
    kinds.blanks |= (uint64_t)cvector_mask(cvector_equal(loaded, ' ')) << shift;
    kinds.apostrophes |= (uint64_t)cvector_mask(cvector_equal(loaded, '\'')) << shift;
    cvector_bytes tabs = cvector_equal(loaded, '\t');
    cvector_bytes newlines =
        cvector_or(cvector_equal(loaded, '\n'), cvector_equal(loaded, '\r'));
    cvector_bytes known =
        cvector_or(cvector_or(tabs, newlines), cvector_in_range(loaded, ' ', 95));
    kinds.tabs |= (uint64_t)cvector_mask(tabs) << shift;
    kinds.newlines |= (uint64_t)cvector_mask(newlines) << shift;
    kinds.others |= (uint64_t)cvector_mask(known) << shift;
  }
  kinds.others = ~kinds.others;
  return kinds;
}

#if defined(__x86_64__)
// The same with the instructions of newer processors, 32 bytes (AVX2) or 64 bytes (AVX-512BW) at a time.
cvector_kinds cvector_kinds_of_64_avx2(const uint8_t *bytes);
cvector_kinds cvector_kinds_of_64_avx512(const uint8_t *bytes);
#endif

static inline cvector_kinds cvector_kinds_of_64(const uint8_t *bytes) {
#if defined(__x86_64__)
  if (cvector_has_avx512()) return cvector_kinds_of_64_avx512(bytes);
  if (cvector_has_avx2()) return cvector_kinds_of_64_avx2(bytes);
#endif
  return cvector_kinds_of_64_plain(bytes);
}

// The bytes of the characters U+4E00 to U+9FFF, most of the Chinese ideographs, in well-formed UTF-8 whose
// first byte is one of a character, or of one of these; the last may be left out.
static inline uint32_t cvector_ideographs(const uint8_t *bytes) {
  cvector_bytes loaded = cvector_load(bytes);
  uint32_t all = cvector_mask(
      cvector_or(cvector_in_range(loaded, 0xE4, 6), cvector_in_range(loaded, 0x80, 64)));
  // Behind 0xE4 only 0xB8 and above.
  uint32_t low = cvector_mask(cvector_in_range(loaded, 0x80, 56)) >> 1 | 0x8000;
  return all & ~(cvector_mask(cvector_equal(loaded, 0xE4)) & low);
}

// The bytes that begin a character, of 0xE4 to 0xE9.
static inline uint32_t cvector_ideograph_leads(const uint8_t *bytes) {
  return cvector_mask(cvector_in_range(cvector_load(bytes), 0xE4, 6));
}

// The lead bytes of UTF-8 with which a character may begin that is not its own NFC form or that may
// combine with the one before: 0xCC to 0xFF without 0xCF to 0xD1 and 0xD3 to 0xD5 (Greek, Cyrillic
// and Armenian letters), 0xE4 to 0xE9 (U+4000 to U+9FFF), 0xEB and 0xEC (Hangul syllables), and without
// those of common punctuation: of U+2002 to U+203F, U+3000 to U+303F but U+302A to U+302F, and U+FF00 to
// U+FFFF. Reads 66 bytes.
static inline uint64_t cvector_composing_leads_of_64(const uint8_t *bytes) {
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    cvector_bytes first = cvector_load(bytes + 16 * i);
    cvector_bytes second = cvector_load(bytes + 16 * i + 1);
    cvector_bytes third = cvector_load(bytes + 16 * i + 2);
    cvector_bytes letters =
        cvector_or(cvector_in_range(first, 0xCF, 3), cvector_in_range(first, 0xD3, 3));
    cvector_bytes ideographs =
        cvector_or(cvector_in_range(first, 0xE4, 6), cvector_in_range(first, 0xEB, 2));
    uint32_t passed = cvector_mask(cvector_or(letters, ideographs));
    uint32_t is80 = cvector_mask(cvector_equal(second, 0x80));
    passed |= cvector_mask(cvector_equal(first, 0xE2)) & is80 &
              cvector_mask(cvector_in_range(third, 0x82, 62));
    passed |= cvector_mask(cvector_equal(first, 0xE3)) & is80 &
              ~cvector_mask(cvector_in_range(third, 0xAA, 6));
    passed |= cvector_mask(cvector_equal(first, 0xEF)) &
              cvector_mask(cvector_in_range(second, 0xBC, 4));
    mask |= (uint64_t)(cvector_mask(cvector_in_range(first, 0xCC, 52)) & ~passed) << (16 * i);
  }
  return mask;
}

// Masks of the first `count` of 16 bytes in two little-endian words, `count` from 0 to 63; none for 16 and more.
typedef struct {
  uint64_t low;
  uint64_t high;
} cvector_word_masks;

static inline cvector_word_masks cvector_first_bytes(size_t count) {
  static const cvector_word_masks masks[64] = {
      {0, 0},
      {UINT64_MAX >> 56, 0},
      {UINT64_MAX >> 48, 0},
      {UINT64_MAX >> 40, 0},
      {UINT64_MAX >> 32, 0},
      {UINT64_MAX >> 24, 0},
      {UINT64_MAX >> 16, 0},
      {UINT64_MAX >> 8, 0},
      {UINT64_MAX, 0},
      {UINT64_MAX, UINT64_MAX >> 56},
      {UINT64_MAX, UINT64_MAX >> 48},
      {UINT64_MAX, UINT64_MAX >> 40},
      {UINT64_MAX, UINT64_MAX >> 32},
      {UINT64_MAX, UINT64_MAX >> 24},
      {UINT64_MAX, UINT64_MAX >> 16},
      {UINT64_MAX, UINT64_MAX >> 8},
  };
  return masks[count & 63];
}

// Where `pattern` first stands in `bytes`; NULL if nowhere.
const uint8_t *cvector_find(
    const uint8_t *bytes, size_t count, const uint8_t *pattern, size_t pattern_count);

#endif
