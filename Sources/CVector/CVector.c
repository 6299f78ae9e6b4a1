// The functions but this one are inline.
#define _GNU_SOURCE
#include "CVector.h"

#include <string.h>

const uint8_t *cvector_find(
    const uint8_t *bytes, size_t count, const uint8_t *pattern, size_t pattern_count) {
  return memmem(bytes, count, pattern, pattern_count);
}
