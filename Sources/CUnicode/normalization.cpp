#include "CUnicode.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>
#include <unicode/utf8.h>
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

// ICU puts marks into canonical order by insertion, which is quadratic. Runs of so many are put in order before it gets them:
// that is canonically equivalent, so all normal forms stay what they are.
constexpr int32_t long_run = 32;

// A mark that its class does not show: it has none, but decomposes into two marks of different classes.
bool is_pair_of_marks(UChar32 c) { return c == 0x0F73 || c == 0x0F75 || c == 0x0F81; }

bool is_mark(const icu::Normalizer2 &normalizer, UChar32 c) {
  return c >= 0x300 && (is_pair_of_marks(c) || normalizer.getCombiningClass(c) != 0);
}

// Whether `text` has a long run of marks. A mark has two bytes at least, so one of each 64 bytes is looked at.
bool has_long_run(const icu::Normalizer2 &normalizer, icu::StringPiece text) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(text.data());
  for (int32_t place = 0; place < text.length(); place += 2 * long_run) {
    int32_t start = place;
    U8_SET_CP_START(bytes, 0, start);
    UChar32 c;
    int length = 0;
    for (int32_t next = start; next < text.length() && length < long_run; length++) {
      U8_NEXT(bytes, next, text.length(), c);
      if (!is_mark(normalizer, c)) break;
    }
    if (length == 0) continue;
    for (int32_t before = start; before > 0 && length < long_run; length++) {
      U8_PREV(bytes, 0, before, c);
      if (!is_mark(normalizer, c)) break;
    }
    if (length >= long_run) return true;
  }
  return false;
}

void append(UChar32 c, std::string &text) {
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t count = 0;
  U8_APPEND_UNSAFE(bytes, count, c);
  text.append(reinterpret_cast<const char *>(bytes), static_cast<size_t>(count));
}

// `text` with its marks in canonical order.
std::string with_ordered_marks(const icu::Normalizer2 &normalizer, icu::StringPiece text) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(text.data());
  std::string result;
  result.reserve(static_cast<size_t>(text.length()));
  // The marks of a run: class, place, code point, which sorts those of one class by their places.
  std::vector<uint64_t> marks;
  const auto add = [&](UChar32 c) {
    const uint64_t order = normalizer.getCombiningClass(c);
    marks.push_back(order << 56 | static_cast<uint64_t>(marks.size()) << 24 | static_cast<uint64_t>(c));
  };
  const auto flush = [&]() {
    std::sort(marks.begin(), marks.end());
    for (const uint64_t mark : marks) append(static_cast<UChar32>(mark & 0xFFFFFF), result);
    marks.clear();
  };
  for (int32_t next = 0; next < text.length();) {
    const int32_t start = next;
    UChar32 c;
    U8_NEXT(bytes, next, text.length(), c);
    icu::UnicodeString parts;
    if (!is_mark(normalizer, c)) {
      flush();
      result.append(text.data() + start, static_cast<size_t>(next - start));
    } else if (is_pair_of_marks(c) && normalizer.getDecomposition(c, parts)) {
      for (int32_t index = 0; index < parts.length(); index = parts.moveIndex32(index, 1)) {
        add(parts.char32At(index));
      }
    } else {
      add(c);
    }
  }
  flush();
  return result;
}

// Normalises `ordered`, which is canonically equivalent to `text`; 0 if the result is `text`.
int normalize(const icu::Normalizer2 &normalizer, icu::StringPiece ordered, icu::StringPiece text,
              uint8_t **result, size_t *result_count) {
  UErrorCode error = U_ZERO_ERROR;
  std::string normalized;
  icu::StringByteSink<std::string> sink(&normalized, text.length());
  normalizer.normalizeUTF8(0, ordered, sink, nullptr, error);
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

int order_and_normalize(const icu::Normalizer2 &normalizer, icu::StringPiece text,
                        uint8_t **result, size_t *result_count) {
  return normalize(normalizer, with_ordered_marks(normalizer, text), text, result, result_count);
}

}  // namespace

extern "C" int cunicode_nfc(const uint8_t *text, size_t count, cunicode_age age, uint8_t **result,
                            size_t *result_count) {
  if (count > INT32_MAX / 4) return -1;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return -1;
  icu::StringPiece piece(reinterpret_cast<const char *>(text), static_cast<int32_t>(count));
  const icu::Normalizer2 *normalizer =
      age == CUNICODE_AGE_CURRENT ? nfc : normalizer_of_unicode_9(*nfc);
  if (normalizer == nullptr) return -1;
  if (has_long_run(*nfc, piece)) return order_and_normalize(*normalizer, piece, result, result_count);
  // What is NFC by newer tables is NFC by older ones too: to those, newer code points are starters
  // that nothing composes with.
  if (nfc->isNormalizedUTF8(piece, error)) return 0;
  if (U_FAILURE(error)) return -1;
  return normalize(*normalizer, piece, piece, result, result_count);
}

extern "C" int cunicode_normalize(const uint8_t *text, size_t count, cunicode_form form,
                                  uint8_t **result, size_t *result_count) {
  if (count > INT32_MAX / 4) return -1;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *normalizer = instance(form, error);
  icu::UnicodeSet known(icu::UnicodeString(u"[:age=9.0:]"), error);
  if (U_FAILURE(error) || normalizer == nullptr) return -1;
  icu::StringPiece piece(reinterpret_cast<const char *>(text), static_cast<int32_t>(count));
  const icu::FilteredNormalizer2 filtered(*normalizer, known);
  if (has_long_run(*normalizer, piece)) return order_and_normalize(filtered, piece, result, result_count);
  return normalize(filtered, piece, piece, result, result_count);
}

extern "C" int cunicode_has_boundary_before(uint32_t code_point) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2 *nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return 0;
  return nfc->hasBoundaryBefore(static_cast<UChar32>(code_point));
}

extern "C" void cunicode_free(uint8_t *result) { std::free(result); }

extern "C" const char *cunicode_icu_version(void) { return U_ICU_VERSION; }
