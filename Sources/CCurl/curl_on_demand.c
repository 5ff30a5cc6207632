// Loads libcurl's functions with the dynamic linker.

#include "curl_on_demand.h"

#include <library_on_demand.h>
#include <pthread.h>
#include <stddef.h>

// These are macros that check their arguments and would hide the functions' names.
#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  void (*easy_reset)(CURL *);
  CURLcode (*easy_perform)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  CURLHcode (*easy_header)(CURL *, const char *, size_t, unsigned int, int, struct curl_header **);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLU *(*url)(void);
  void (*url_cleanup)(CURLU *);
  CURLUcode (*url_set)(CURLU *, CURLUPart, const char *, unsigned int);
  time_t (*getdate)(const char *, const time_t *);
} functions;

static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = library_open("libcurl.so.4", &problem);
  if (library == NULL) return;
  library_find(library, "curl_global_init", &functions.global_init, &problem);
  library_find(library, "curl_easy_init", &functions.easy_init, &problem);
  library_find(library, "curl_easy_cleanup", &functions.easy_cleanup, &problem);
  library_find(library, "curl_easy_reset", &functions.easy_reset, &problem);
  library_find(library, "curl_easy_perform", &functions.easy_perform, &problem);
  library_find(library, "curl_easy_strerror", &functions.easy_strerror, &problem);
  library_find(library, "curl_easy_getinfo", &functions.easy_getinfo, &problem);
  library_find(library, "curl_easy_header", &functions.easy_header, &problem);
  library_find(library, "curl_easy_setopt", &functions.easy_setopt, &problem);
  library_find(library, "curl_slist_append", &functions.slist_append, &problem);
  library_find(library, "curl_slist_free_all", &functions.slist_free_all, &problem);
  library_find(library, "curl_url", &functions.url, &problem);
  library_find(library, "curl_url_cleanup", &functions.url_cleanup, &problem);
  library_find(library, "curl_url_set", &functions.url_set, &problem);
  library_find(library, "curl_getdate", &functions.getdate, &problem);
  if (problem == NULL && functions.global_init(CURL_GLOBAL_ALL) != CURLE_OK) problem = "libcurl can't be initialized";
}

const char *http_load(void) {
  pthread_once(&once, load);
  return problem;
}

CURL *http_begin(void) { return functions.easy_init(); }

void http_end(CURL *handle) { functions.easy_cleanup(handle); }

void http_reset(CURL *handle) { functions.easy_reset(handle); }

CURLcode http_perform(CURL *handle) { return functions.easy_perform(handle); }

const char *http_error_text(CURLcode code) { return functions.easy_strerror(code); }

CURLcode http_set_number(CURL *handle, CURLoption option, long value) {
  return functions.easy_setopt(handle, option, value);
}

CURLcode http_set_text(CURL *handle, CURLoption option, const char *value) {
  return functions.easy_setopt(handle, option, value);
}

CURLcode http_set_pointer(CURL *handle, CURLoption option, void *value) {
  return functions.easy_setopt(handle, option, value);
}

CURLcode http_set_lines(CURL *handle, struct curl_slist *lines) {
  return functions.easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
}

CURLcode http_set_receiver(CURL *handle, CURLoption option, http_receiver receiver) {
  return functions.easy_setopt(handle, option, receiver);
}

struct curl_slist *http_add_line(struct curl_slist *lines, const char *line) {
  return functions.slist_append(lines, line);
}

void http_free_lines(struct curl_slist *lines) { functions.slist_free_all(lines); }

int http_status(CURL *handle) {
  long status = 0;
  functions.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

int http_frames_bodies(CURL *handle) {
  long version = 0;
  functions.easy_getinfo(handle, CURLINFO_HTTP_VERSION, &version);
  return version >= CURL_HTTP_VERSION_2_0;
}

const char *http_header(CURL *handle, const char *name) {
  enum { last_request = -1 };
  struct curl_header *header;
  if (functions.easy_header(handle, name, 0, CURLH_HEADER, last_request, &header) != CURLHE_OK) return NULL;
  size_t last = header->amount - 1;
  if (last > 0 && functions.easy_header(handle, name, last, CURLH_HEADER, last_request, &header) != CURLHE_OK) return NULL;
  return header->value;
}

int http_is_address(const char *address) {
  CURLU *parts = functions.url();
  CURLUcode code = functions.url_set(parts, CURLUPART_URL, address, 0);
  functions.url_cleanup(parts);
  return code == CURLUE_OK;
}

long long http_date(const char *text) { return (long long)functions.getdate(text, NULL); }
