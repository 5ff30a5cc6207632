// What Swift sees of nettle: message digests, computed with the processor's own instructions where it has them. The
// library is loaded when it is first needed. (OpenSSL's libcrypto hashes a tenth faster, but takes 1.6 ms to load and
// to start, a fifth of a short run, where nettle takes 0.2.)
#pragma once
#include <stddef.h>

/// A digest being computed.
struct digest_context;

/// The digest functions.
enum digest_algorithm { digest_md5, digest_sha1, digest_sha256 };

/// Loads nettle on the first call. Returns a null pointer, or why it can't be loaded; before it has returned a null
/// pointer, no other function here may be called.
const char *_Nullable digest_load(void);

/// A new digest; null where there is no memory.
struct digest_context *_Nullable digest_begin(enum digest_algorithm algorithm);
/// Adds bytes.
void digest_update(struct digest_context *_Nonnull context, const void *_Nullable bytes, size_t count);
/// Writes the digest, at most 32 bytes, and begins a new one. Returns how many bytes it has.
size_t digest_finish(struct digest_context *_Nonnull context, unsigned char *_Nonnull digest);
/// Frees a digest.
void digest_end(struct digest_context *_Nonnull context);
