// What Swift sees of libcurl: its types and options, its functions under names of their own, and its variadic
// setters with fixed types, which Swift can call. The library is loaded when it is first needed: with its some thirty
// dependencies that takes milliseconds, which only downloads should cost.
#pragma once
#include <curl/curl.h>

/// Loads and starts libcurl on the first call. Returns a null pointer, or why it can't be loaded; before it has
/// returned a null pointer, no other function here may be called.
const char *http_load(void);

/// A new transfer; null where there is no memory.
CURL *http_begin(void);
/// Ends a transfer.
void http_end(CURL *handle);
/// Runs a transfer.
CURLcode http_perform(CURL *handle);
/// What a code means.
const char *http_error_text(CURLcode code);

/// Sets an option that takes a number.
CURLcode http_set_number(CURL *handle, CURLoption option, long value);
/// Sets an option that takes a text; libcurl copies it.
CURLcode http_set_text(CURL *handle, CURLoption option, const char *value);
/// Sets an option that takes a pointer to data.
CURLcode http_set_pointer(CURL *handle, CURLoption option, void *value);
/// Sets the request's own header lines, which must outlive the transfer.
CURLcode http_set_lines(CURL *handle, struct curl_slist *lines);

/// The status code of the final response so far; 0 before there is one.
int http_status(CURL *_Nonnull handle);
/// The value of a header of the final response so far, the last one where it is repeated; null where there is none. It
/// is valid until the next call.
const char *_Nullable http_header(CURL *_Nonnull handle, const char *_Nonnull name);

/// Receives a header line or a piece of the body; returning fewer bytes than were given ends the transfer.
typedef size_t (*http_receiver)(char *bytes, size_t size, size_t count, void *context);
/// Sets CURLOPT_WRITEFUNCTION or CURLOPT_HEADERFUNCTION.
CURLcode http_set_receiver(CURL *handle, CURLoption option, http_receiver receiver);

/// `lines` with one more; null where there is no memory.
struct curl_slist *http_add_line(struct curl_slist *lines, const char *line);
/// Frees all of `lines`.
void http_free_lines(struct curl_slist *lines);

/// Whether `address` is well-formed.
int http_is_address(const char *address);
/// The seconds since 1970 of an HTTP date; negative where it isn't one.
long long http_date(const char *text);
