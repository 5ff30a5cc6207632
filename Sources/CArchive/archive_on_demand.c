// Loads libarchive's functions with the dynamic linker.

#include "archive_on_demand.h"

#include <library_on_demand.h>
#include <pthread.h>
#include <stddef.h>

static struct archive_functions loaded;
static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = library_open("libarchive.so.13", &problem);
  if (library == NULL) return;
#define ARCHIVE_FIND(name) library_find(library, "archive_" #name, &loaded.name, &problem);
  ARCHIVE_FUNCTIONS(ARCHIVE_FIND)
#undef ARCHIVE_FIND
}

const struct archive_functions *archive_load(const char **why_not) {
  pthread_once(&once, load);
  *why_not = problem;
  return problem == NULL ? &loaded : NULL;
}
