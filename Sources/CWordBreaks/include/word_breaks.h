// Unicode's word boundaries, with ICU's dictionaries for languages without spaces between words. The ICU is the one
// that Foundation brings along under names of its own; its headers leave break iterators out, so they are declared
// in the implementation.
#pragma once
#include <stdint.h>

/// Finds word boundaries in one text after another.
typedef struct word_breaker word_breaker;

/// A new one; null if ICU has no data for words.
word_breaker *_Nullable word_breaker_new(void);
void word_breaker_free(word_breaker *_Nonnull breaker);

/// Begins a text of UTF-8, whose bytes must stay where they are until its last boundary was found.
/// @return whether that was possible.
int word_breaker_begin(word_breaker *_Nonnull breaker, const char *_Nullable text, int64_t length);

/// The end of the next segment, in bytes; -1 after the last.
int32_t word_breaker_next(word_breaker *_Nonnull breaker);

/// Whether the last segment has letters, digits, kana or ideographs, rather than spaces, punctuation and symbols.
int word_breaker_is_word(word_breaker *_Nonnull breaker);
