#include "CUnicode.h"

#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>
#include <unicode/uversion.h>

namespace {

// NFC in which code points newer than Unicode 9 are left alone, as if unassigned.
const icu::Normalizer2 *normalizer_of_unicode_9(const icu::Normalizer2 &nfc) {
  static const icu::Normalizer2 *const filtered = [&nfc]() -> const icu::Normalizer2 * {
    UErrorCode error = U_ZERO_ERROR;
    auto *set = new icu::UnicodeSet(icu::UnicodeString(u"[:age=9.0:]"), error);
    set->freeze();
    if (U_FAILURE(error)) return nullptr;
    return new icu::FilteredNormalizer2(nfc, *set);
  }();
  return filtered;
}

int normalize(const icu::Normalizer2 &normalizer, icu::StringPiece text, uint8_t **result,
              size_t *result_count) {
  UErrorCode error = U_ZERO_ERROR;
  std::string normalized;
  icu::StringByteSink<std::string> sink(&normalized, text.length());
  normalizer.normalizeUTF8(0, text, sink, nullptr, error);
  if (U_FAILURE(error)) return -1;
  if (normalized.size() == static_cast<size_t>(text.length()) &&
      std::memcmp(normalized.data(), text.data(), normalized.size()) == 0) {
    return 0;
  }
  auto *copy = static_cast<uint8_t *>(std::malloc(normalized.size() + 1));
  if (copy == nullptr) return -1;
  std::memcpy(copy, normalized.data(), normalized.size());
  *result = copy;
  *result_count = normalized.size();
  return 1;
}

const icu::Normalizer2 *instance(cunicode_form form, UErrorCode &error) {
  switch (form) {
    case CUNICODE_NFC: return icu::Normalizer2::getNFCInstance(error);
    case CUNICODE_NFD: return icu::Normalizer2::getNFDInstance(error);
    case CUNICODE_NFKC: return icu::Normalizer2::getNFKCInstance(error);
    case CUNICODE_NFKD: return icu::Normalizer2::getNFKDInstance(error);
  }
  return nullptr;
}

}  // namespace

extern "C" int cunicode_nfc(const uint8_t *text, size_t count, cunicode_age age, uint8_t **result,
                            size_t *result_count) {
  if (count > INT32_MAX / 4) return -1;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return -1;
  icu::StringPiece piece(reinterpret_cast<const char *>(text), static_cast<int32_t>(count));
  // What is NFC by newer tables is NFC by older ones too: to those, newer code points are starters
  // that nothing composes with.
  if (nfc->isNormalizedUTF8(piece, error)) return 0;
  if (U_FAILURE(error)) return -1;
  if (age == CUNICODE_AGE_CURRENT) return normalize(*nfc, piece, result, result_count);
  const icu::Normalizer2 *filtered = normalizer_of_unicode_9(*nfc);
  if (filtered == nullptr) return -1;
  return normalize(*filtered, piece, result, result_count);
}

extern "C" int cunicode_normalize(const uint8_t *text, size_t count, cunicode_form form,
                                  uint8_t **result, size_t *result_count) {
  if (count > INT32_MAX / 4) return -1;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *normalizer = instance(form, error);
  icu::UnicodeSet known(icu::UnicodeString(u"[:age=9.0:]"), error);
  if (U_FAILURE(error) || normalizer == nullptr) return -1;
  icu::StringPiece piece(reinterpret_cast<const char *>(text), static_cast<int32_t>(count));
  return normalize(icu::FilteredNormalizer2(*normalizer, known), piece, result, result_count);
}

extern "C" int cunicode_has_boundary_before(uint32_t code_point) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return 0;
  return nfc->hasBoundaryBefore(static_cast<UChar32>(code_point));
}

extern "C" void cunicode_free(uint8_t *result) { std::free(result); }

extern "C" const char *cunicode_icu_version(void) { return U_ICU_VERSION; }
