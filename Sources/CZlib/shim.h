#pragma once

#include <zlib.h>

// A macro in zlib's own header; takes what gzip and what zlib packed.
static inline int czlib_begin(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
