// The interface of libcurl for Swift: its types and options, its functions under other names, and its variadic
// setters with fixed types, which Swift can call. The library is loaded on first use: with about thirty dependencies,
// loading takes milliseconds, which only requests should cost.
#pragma once
#include <curl/curl.h>

#pragma clang assume_nonnull begin

/// Loads and initializes libcurl on the first call. Returns null, or the reason why it can't be loaded. No other
/// function here may be called before it has returned null.
const char *_Nullable http_load(void);

/// A new transfer; null if there is not enough memory.
CURL *_Nullable http_begin(void);
/// Ends a transfer.
void http_end(CURL *handle);
/// Forgets all options, but keeps connections.
void http_reset(CURL *handle);
/// Runs a transfer.
CURLcode http_perform(CURL *handle);
/// The description of an error code.
const char *http_error_text(CURLcode code);

/// Sets an option whose value is a number.
CURLcode http_set_number(CURL *handle, CURLoption option, long value);
/// Sets an option whose value is a string; libcurl copies it.
CURLcode http_set_text(CURL *handle, CURLoption option, const char *value);
/// Sets an option whose value is a pointer to data.
CURLcode http_set_pointer(CURL *handle, CURLoption option, void *_Nullable value);
/// Sets additional header lines of the request, which must outlive the transfer.
CURLcode http_set_lines(CURL *handle, struct curl_slist *_Nullable lines);

/// The status code of the final response so far; 0 before there is one.
int http_status(CURL *handle);
/// Whether the version of HTTP marks the end of every body, as HTTP/2 does.
int http_frames_bodies(CURL *handle);
/// The value of a header of the final response so far, the last one if it is repeated; null if there is none. It is
/// valid until the next call.
const char *_Nullable http_header(CURL *handle, const char *name);

/// Receives a header line or a piece of the body; returning fewer bytes than received ends the transfer.
typedef size_t (*http_receiver)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
/// Sets CURLOPT_WRITEFUNCTION or CURLOPT_HEADERFUNCTION.
CURLcode http_set_receiver(CURL *handle, CURLoption option, http_receiver receiver);

/// `lines` with another line; null if there is not enough memory.
struct curl_slist *_Nullable http_add_line(struct curl_slist *_Nullable lines, const char *line);
/// Frees all of `lines`.
void http_free_lines(struct curl_slist *_Nullable lines);

/// Whether `address` is a valid URL.
int http_is_address(const char *address);
/// The seconds since 1970 of an HTTP date; negative if it isn't one.
long long http_date(const char *text);

#pragma clang assume_nonnull end
