// Loads nettle's functions with the dynamic linker.

#include "nettle_on_demand.h"

#include <library_on_demand.h>
#include <nettle/nettle-meta.h>
#include <pthread.h>
#include <stdlib.h>

struct digest_context {
  const struct nettle_hash *hash;
  // Aligned for the state of any algorithm.
  _Alignas(max_align_t) unsigned char state[];
};

static const struct nettle_hash *hashes[3];
static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = library_open("libnettle.so.8", &problem);
  if (library == NULL) return;
  library_find(library, "nettle_md5", &hashes[digest_md5], &problem);
  library_find(library, "nettle_sha1", &hashes[digest_sha1], &problem);
  library_find(library, "nettle_sha256", &hashes[digest_sha256], &problem);
}

const char *digest_load(void) {
  pthread_once(&once, load);
  return problem;
}

struct digest_context *digest_begin(enum digest_algorithm algorithm) {
  const struct nettle_hash *hash = hashes[algorithm];
  struct digest_context *context = malloc(sizeof *context + hash->context_size);
  if (context == NULL) return NULL;
  context->hash = hash;
  hash->init(context->state);
  return context;
}

void digest_update(struct digest_context *context, const void *bytes, size_t count) {
  context->hash->update(context->state, count, bytes);
}

size_t digest_finish(struct digest_context *context, unsigned char *digest) {
  context->hash->digest(context->state, context->hash->digest_size, digest);
  return context->hash->digest_size;
}

void digest_end(struct digest_context *context) { free(context); }
