#include "CUnicode.h"

#include <climits>
#include <memory>

#include <unicode/brkiter.h>
#include <unicode/utext.h>

extern "C" ptrdiff_t cunicode_sentence_ends(const uint8_t *text, size_t count, size_t *ends,
                                            size_t capacity) {
  if (count > INT32_MAX) return -1;
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> iterator(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), error));
  UText characters = UTEXT_INITIALIZER;
  utext_openUTF8(&characters, reinterpret_cast<const char *>(text), static_cast<int64_t>(count), &error);
  ptrdiff_t found = -1;
  if (U_SUCCESS(error)) {
    iterator->setText(&characters, error);
    iterator->first();
    found = 0;
    for (int32_t end = iterator->next(); end != icu::BreakIterator::DONE; end = iterator->next()) {
      if (static_cast<size_t>(found) < capacity) ends[found] = static_cast<size_t>(end);
      found++;
    }
    if (U_FAILURE(error)) found = -1;
  }
  utext_close(&characters);
  return found;
}
