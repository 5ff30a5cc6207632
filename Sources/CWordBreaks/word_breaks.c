// Word boundaries by Foundation's ICU.

#include "word_breaks.h"

#include <stddef.h>
#include <stdlib.h>

typedef struct UBreakIterator UBreakIterator;
typedef struct UText UText;

// As declared in ICU's ubrk.h and utext.h, with the prefix of Foundation's build. An error code above 0 is a failure.
extern UBreakIterator *swift_ubrk_open(int type, const char *locale, const uint16_t *text, int32_t length, int *status);
extern void swift_ubrk_close(UBreakIterator *iterator);
extern void swift_ubrk_setUText(UBreakIterator *iterator, UText *text, int *status);
extern int32_t swift_ubrk_first(UBreakIterator *iterator);
extern int32_t swift_ubrk_next(UBreakIterator *iterator);
extern int32_t swift_ubrk_getRuleStatus(UBreakIterator *iterator);
extern UText *swift_utext_openUTF8(UText *text, const char *bytes, int64_t length, int *status);
extern UText *swift_utext_close(UText *text);

// UBRK_WORD, and UBRK_WORD_NONE_LIMIT: the status below which a segment is no word.
enum { words = 1, none_limit = 100 };

struct word_breaker {
  UBreakIterator *iterator;
  UText *text;
};

word_breaker *word_breaker_new(void) {
  int status = 0;
  // The locale doesn't matter: dictionaries are chosen by script.
  UBreakIterator *iterator = swift_ubrk_open(words, "", NULL, 0, &status);
  if (iterator == NULL || status > 0) return NULL;
  word_breaker *breaker = calloc(1, sizeof *breaker);
  if (breaker == NULL) {
    swift_ubrk_close(iterator);
    return NULL;
  }
  breaker->iterator = iterator;
  return breaker;
}

void word_breaker_free(word_breaker *breaker) {
  swift_ubrk_close(breaker->iterator);
  if (breaker->text != NULL) swift_utext_close(breaker->text);
  free(breaker);
}

int word_breaker_begin(word_breaker *breaker, const char *text, int64_t length) {
  int status = 0;
  breaker->text = swift_utext_openUTF8(breaker->text, text, length, &status);
  swift_ubrk_setUText(breaker->iterator, breaker->text, &status);
  if (status > 0) return 0;
  swift_ubrk_first(breaker->iterator);
  return 1;
}

int32_t word_breaker_next(word_breaker *breaker) { return swift_ubrk_next(breaker->iterator); }

int word_breaker_is_word(word_breaker *breaker) { return swift_ubrk_getRuleStatus(breaker->iterator) >= none_limit; }
