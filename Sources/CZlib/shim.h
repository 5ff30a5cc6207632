// The interface of zlib for Swift: libarchive decompresses gzip without verifying its checksum and length, so zlib is
// used for this layer.
#pragma once
#include <zlib.h>

/// Begins to inflate a gzip member (a macro in zlib.h); 16 selects gzip's header and trailer.
static inline int gzip_inflate_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
