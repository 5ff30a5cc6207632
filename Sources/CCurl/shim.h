// What Swift sees of libcurl: its header, and its variadic setters and getters with fixed types, which
// Swift can call.
#pragma once
#include <curl/curl.h>

/// Sets an option that takes a number.
static inline CURLcode curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets an option that takes a text; libcurl copies it.
static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets an option that takes a pointer to data.
static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets the request's own header lines, which must outlive the transfer.
static inline CURLcode curl_set_lines(CURL *handle, struct curl_slist *lines) {
  return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
}

/// Receives a header line or a piece of the body; fewer bytes returned than were given end the transfer.
typedef size_t (*curl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// Sets CURLOPT_WRITEFUNCTION or CURLOPT_HEADERFUNCTION.
static inline CURLcode curl_set_receiver(CURL *handle, CURLoption option, curl_receiver receiver) {
  return curl_easy_setopt(handle, option, receiver);
}

/// CURL_GLOBAL_ALL, whose definition by other macros Swift doesn't import.
static inline CURLcode curl_start(void) { return curl_global_init(CURL_GLOBAL_ALL); }
