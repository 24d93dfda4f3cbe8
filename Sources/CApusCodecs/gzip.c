#include "apus_gzip.h"

#include "result.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FIRST_CAPACITY = 1 << 20, LARGEST_STEP = 1 << 30 };

/// Doubles the space, never beyond `limit`; 0 where memory ends.
static int grow(apus_codec_buffer *output, size_t *capacity, size_t limit) {
    size_t wanted = *capacity ? (*capacity > limit / 2 ? limit : *capacity * 2) : FIRST_CAPACITY;
    if (wanted > limit) wanted = limit;
    uint8_t *larger = realloc(output->bytes, wanted ? wanted : 1);
    if (!larger) return 0;
    output->bytes = larger;
    *capacity = wanted;
    return 1;
}

static uInt step(size_t count) { return count > LARGEST_STEP ? LARGEST_STEP : (uInt)count; }

static apus_codec_result failure(const z_stream *stream, int code) {
    if (code == Z_MEM_ERROR) return apus_result(APUS_CODEC_OUT_OF_MEMORY, "out of memory");
    if (code == Z_BUF_ERROR) return apus_result(APUS_CODEC_TRUNCATED, "the gzip data end early");
    return apus_result(APUS_CODEC_DAMAGED, stream->msg ? stream->msg : "not gzip data");
}

/// Inflates member after member until the input ends.
static apus_codec_result inflate_all(z_stream *stream, size_t count, size_t limit, apus_codec_buffer *output) {
    size_t capacity = 0;
    const uint8_t *end = stream->next_in + count;
    for (;;) {
        if (output->count == capacity) {
            if (capacity >= limit) return apus_result(APUS_CODEC_DAMAGED, "more data than expected");
            if (!grow(output, &capacity, limit)) return apus_result(APUS_CODEC_OUT_OF_MEMORY, "out of memory");
        }
        uInt room = step(capacity - output->count);
        stream->next_out = output->bytes + output->count;
        stream->avail_out = room;
        stream->avail_in = step((size_t)(end - stream->next_in));
        int code = inflate(stream, Z_NO_FLUSH);
        output->count += room - stream->avail_out;
        if (code == Z_STREAM_END) {
            if (stream->next_in == end) return apus_result(APUS_CODEC_OK, "");
            if (inflateReset(stream) != Z_OK) return failure(stream, Z_DATA_ERROR);
        } else if (code != Z_OK && !(code == Z_BUF_ERROR && stream->avail_out == 0)) {
            return failure(stream, code);
        }
    }
}

apus_codec_result apus_gzip_inflate(const uint8_t *bytes, size_t count, size_t limit, apus_codec_buffer *output) {
    memset(output, 0, sizeof *output);
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    stream.next_in = (Bytef *)bytes;
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return apus_result(APUS_CODEC_OUT_OF_MEMORY, "out of memory");
    apus_codec_result result = inflate_all(&stream, count, limit, output);
    inflateEnd(&stream);
    if (result.status != APUS_CODEC_OK) apus_codec_free(output);
    return result;
}
