// What Swift sees of zlib: libarchive takes gzip apart without comparing its checksum and length, so that layer is
// read with zlib, which does.
#pragma once
#include <zlib.h>

/// Begins to inflate one gzip member (a macro in zlib.h); 16 asks for gzip's header and trailer.
static inline int gzip_inflate_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
