// ICU on UTF-8 behind a C interface, and generated tables of Unicode classes.

#ifndef CUNICODE_H
#define CUNICODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Which code points normalisation knows.
typedef enum {
  // All that the linked ICU knows.
  CUNICODE_AGE_CURRENT = 0,
  // Those assigned up to Unicode 9.0: the tables of the reference tokenizers.
  CUNICODE_AGE_9 = 9,
} cunicode_age;

// Normalises well-formed UTF-8 to NFC.
// Returns 0 if the text is NFC already (nothing is allocated), 1 if *result holds the normalised
// text of *result_count bytes, to be freed with cunicode_free, -1 if ICU failed or the text is
// longer than ICU can take.
int cunicode_nfc(const uint8_t *text, size_t count, cunicode_age age, uint8_t **result,
                 size_t *result_count);

// Whether nothing before `code_point` can change under NFC because of it or what follows it.
int cunicode_has_boundary_before(uint32_t code_point);

void cunicode_free(uint8_t *result);

// The version of the linked ICU, such as "72.1".
const char *cunicode_icu_version(void);

// A range of code points, both ends included.
typedef struct {
  uint32_t first;
  uint32_t last;
} cunicode_range;

// The code points of a general category (`Lu`) or group of them (`L`) in Unicode 16 that are not in it
// in Unicode 14, ascending. L, Lu, Ll, Lt, Lm, Lo, N, M, P and S are known; NULL for another.
const cunicode_range *cunicode_additions(const char *category, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
