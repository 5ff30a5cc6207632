// The interface of nettle for Swift: message digests, computed with the processor's SHA instructions if it has them.
// The library is loaded on first use. (OpenSSL's libcrypto is a tenth faster, but takes 1.6 ms to load and
// initialize, a fifth of a short run, compared with 0.2 ms for nettle.)
#pragma once
#include <stddef.h>

/// A digest being computed.
struct digest_context;

/// The digest functions.
enum digest_algorithm { digest_md5, digest_sha1, digest_sha256 };

/// Loads nettle on the first call. Returns null, or the reason why it can't be loaded. No other function here may be
/// called before it has returned null.
const char *_Nullable digest_load(void);

/// A new digest; null if there is not enough memory.
struct digest_context *_Nullable digest_begin(enum digest_algorithm algorithm);
/// Adds bytes.
void digest_update(struct digest_context *_Nonnull context, const void *_Nullable bytes, size_t count);
/// Writes the digest, at most 32 bytes, and begins a new one. Returns the number of bytes.
size_t digest_finish(struct digest_context *_Nonnull context, unsigned char *_Nonnull digest);
/// Frees a digest.
void digest_end(struct digest_context *_Nonnull context);
