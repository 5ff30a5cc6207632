// Loading libraries with the dynamic linker.

#include "library_on_demand.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

// A copy, since the next call of the dynamic linker overwrites the message.
static const char *last_problem(void) {
  const char *text = dlerror();
  const char *copy = text == NULL ? NULL : strdup(text);
  return copy == NULL ? "the dynamic linker gives no reason" : copy;
}

static void *open_with(const char *file, int flags, const char **problem) {
  void *library = dlopen(file, flags);
  if (library == NULL) *problem = last_problem();
  return library;
}

void *library_open(const char *file, const char **problem) {
  return open_with(file, RTLD_LAZY | RTLD_LOCAL, problem);
}

void *library_open_for_plugins(const char *file, const char **problem) {
  return open_with(file, RTLD_LAZY | RTLD_GLOBAL, problem);
}

void library_find(void *library, const char *name, void *function, const char **problem) {
  void *address = dlsym(library, name);
  if (address == NULL && *problem == NULL) *problem = last_problem();
  *(void **)function = address;
}
