// Plain C faces over libjpeg-turbo and libpng: whole buffers in, whole buffers out.
//
// No function here aborts, exits or lets a longjmp out. Every failure is a status and a message.

#ifndef APUS_CODECS_H
#define APUS_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { APUS_CODEC_MESSAGE_SIZE = 200 };

typedef enum {
    APUS_CODEC_OK = 0,
    /// The bytes end before the image does.
    APUS_CODEC_TRUNCATED = 1,
    /// The bytes contradict the format: bad checksum, bad code, other size than announced.
    APUS_CODEC_DAMAGED = 2,
    /// A valid image of a kind that the library cannot decode.
    APUS_CODEC_UNSUPPORTED = 3,
    APUS_CODEC_OUT_OF_MEMORY = 4,
} apus_codec_status;

typedef struct {
    apus_codec_status status;
    char message[APUS_CODEC_MESSAGE_SIZE];
} apus_codec_result;

/// Bytes that `apus_codec_free` releases.
typedef struct {
    uint8_t *bytes;
    size_t count;
} apus_codec_buffer;

/// Decodes a JPEG to RGB rows without padding.
///
/// `width` and `height` are the expected extents of the result: those of the file divided by `denominator`
/// (1, 2, 4 or 8, done in the DCT), rounded up. Grey is expanded; CMYK and YCCK are converted as Adobe writes them.
/// `allow_damage` accepts what libjpeg makes of truncated or damaged data.
apus_codec_result apus_jpeg_decode(
    const uint8_t *bytes, size_t count, int denominator, bool allow_damage, int width, int height, uint8_t *rgb);

/// Encodes rows without padding as a baseline JPEG, 4:2:0, quality 1...100. `channels` is 1, 3 or 4 (alpha ignored).
apus_codec_result apus_jpeg_encode(
    const uint8_t *pixels, int width, int height, int channels, int quality, apus_codec_buffer *output);

/// Decodes a PNG of any colour type and depth to RGB rows without padding: grey and palettes are expanded,
/// alpha is dropped, 16 bits are scaled to 8.
apus_codec_result apus_png_decode(const uint8_t *bytes, size_t count, int width, int height, uint8_t *rgb);

/// Decodes a PNG with a palette or of grey, 8 bits or fewer, to one byte a pixel: the index or value as it stands.
apus_codec_result apus_png_decode_indices(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *indices);

/// Encodes one byte a pixel as an 8-bit PNG with a palette of `palette_count` (1...256) RGB colours.
apus_codec_result apus_png_encode_indices(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int palette_count,
    apus_codec_buffer *output);

/// Encodes rows without padding as an 8-bit PNG; `channels` is 1, 3 or 4, `level` zlib's 0...9.
apus_codec_result apus_png_encode(
    const uint8_t *pixels, int width, int height, int channels, int level, apus_codec_buffer *output);

void apus_codec_free(apus_codec_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif
