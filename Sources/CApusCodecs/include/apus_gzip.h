// Inflates gzip files, such as IDX data sets are published in.

#ifndef APUS_GZIP_H
#define APUS_GZIP_H

#include "apus_codecs.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Inflates a gzip file of one or more members whose contents take at most `limit` bytes; checksums are verified.
apus_codec_result apus_gzip_inflate(const uint8_t *bytes, size_t count, size_t limit, apus_codec_buffer *output);

#ifdef __cplusplus
}
#endif

#endif
