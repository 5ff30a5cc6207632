// What Swift sees of libarchive, and of zlib beside it: libarchive takes gzip apart without comparing its
// checksum and length, so that layer is read with zlib, which does.
#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

/// Begins to inflate one gzip member (a macro in zlib.h); 16 asks for gzip's header and trailer.
static inline int gzip_inflate_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
