// JPEG through TurboJPEG's own C face, which keeps libjpeg's longjmp inside.

#include "result.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

/// Whether the end marker is missing; zeros after it are padding.
static bool lacks_end(const uint8_t *bytes, size_t count) {
    while (count > 2 && bytes[count - 1] == 0) count--;
    return count < 2 || bytes[count - 2] != 0xFF || bytes[count - 1] != 0xD9;
}

/// What the last failure says of the file.
static apus_codec_result failure(tjhandle handle, const uint8_t *bytes, size_t count) {
    const char *message = tjGetErrorStr2(handle);
    if (strstr(message, "nsupported") || strstr(message, "precision")) {
        return apus_result(APUS_CODEC_UNSUPPORTED, message);
    }
    bool is_cut = strstr(message, "Premature end of JPEG") || lacks_end(bytes, count);
    return apus_result(is_cut ? APUS_CODEC_TRUNCATED : APUS_CODEC_DAMAGED, message);
}

/// Warnings about headers that odd encoders write, and about padding between segments: they cost no pixel.
static bool is_harmless(tjhandle handle) {
    static const char *const messages[] = {
        "extraneous bytes", "unknown JFIF", "Unknown Adobe", "Invalid SOS parameters"};
    const char *message = tjGetErrorStr2(handle);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (strstr(message, messages[i])) return true;
    }
    return false;
}

/// TurboJPEG keeps one warning, and a harmless one may follow a grave one: so the first stops the decoder, and only
/// a file whose first warning is harmless is decoded again to its end.
static apus_codec_result decompress(
    tjhandle handle, const uint8_t *bytes, size_t count, bool allow_damage, int width, int height, int format,
    uint8_t *pixels) {
    int lenient = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
    int flags = allow_damage ? lenient : lenient | TJFLAG_STOPONWARNING;
    int status = tjDecompress2(handle, bytes, count, pixels, width, 0, height, format, flags);
    if (status == 0 || (allow_damage && tjGetErrorCode(handle) == TJERR_WARNING)) return apus_result(APUS_CODEC_OK, "");
    if (allow_damage || !is_harmless(handle)) return failure(handle, bytes, count);
    status = tjDecompress2(handle, bytes, count, pixels, width, 0, height, format, lenient);
    return status == 0 || is_harmless(handle) ? apus_result(APUS_CODEC_OK, "") : failure(handle, bytes, count);
}

/// Adobe stores ink inverted, so a stored value is the light that passes: red = C · K / 255.
static void cmyk_to_rgb(const uint8_t *cmyk, size_t pixel_count, uint8_t *rgb) {
    for (size_t i = 0; i < pixel_count; i++) {
        for (int channel = 0; channel < 3; channel++) {
            rgb[3 * i + channel] = (uint8_t)((cmyk[4 * i + channel] * cmyk[4 * i + 3] + 127) / 255);
        }
    }
}

static apus_codec_result decompress_cmyk(
    tjhandle handle, const uint8_t *bytes, size_t count, bool allow_damage, int width, int height, uint8_t *rgb) {
    size_t pixel_count = (size_t)width * (size_t)height;
    uint8_t *cmyk = malloc(pixel_count * 4);
    if (!cmyk) return apus_result(APUS_CODEC_OUT_OF_MEMORY, "not enough memory for the CMYK pixels");
    apus_codec_result result = decompress(handle, bytes, count, allow_damage, width, height, TJPF_CMYK, cmyk);
    if (result.status == APUS_CODEC_OK) cmyk_to_rgb(cmyk, pixel_count, rgb);
    free(cmyk);
    return result;
}

static apus_codec_result decode(
    tjhandle handle, const uint8_t *bytes, size_t count, int denominator, bool allow_damage, int width, int height,
    uint8_t *rgb) {
    int full_width = 0, full_height = 0, subsampling = 0, colorspace = 0;
    if (tjDecompressHeader3(handle, bytes, count, &full_width, &full_height, &subsampling, &colorspace) != 0
        && !is_harmless(handle)) {
        return failure(handle, bytes, count);
    }
    tjscalingfactor factor = {1, denominator};
    if (TJSCALED(full_width, factor) != width || TJSCALED(full_height, factor) != height) {
        return apus_result(APUS_CODEC_DAMAGED, "the frame headers disagree on the size");
    }
    if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK) {
        return decompress_cmyk(handle, bytes, count, allow_damage, width, height, rgb);
    }
    return decompress(handle, bytes, count, allow_damage, width, height, TJPF_RGB, rgb);
}

apus_codec_result apus_jpeg_decode(
    const uint8_t *bytes, size_t count, int denominator, bool allow_damage, int width, int height, uint8_t *rgb) {
    tjhandle handle = tjInitDecompress();
    if (!handle) return apus_result(APUS_CODEC_OUT_OF_MEMORY, tjGetErrorStr2(NULL));
    apus_codec_result result = decode(handle, bytes, count, denominator, allow_damage, width, height, rgb);
    tjDestroy(handle);
    return result;
}

static int pixel_format(int channels) {
    return channels == 1 ? TJPF_GRAY : channels == 3 ? TJPF_RGB : TJPF_RGBA;
}

apus_codec_result apus_jpeg_encode(
    const uint8_t *pixels, int width, int height, int channels, int quality, apus_codec_buffer *output) {
    tjhandle handle = tjInitCompress();
    if (!handle) return apus_result(APUS_CODEC_OUT_OF_MEMORY, tjGetErrorStr2(NULL));
    int subsampling = channels == 1 ? TJSAMP_GRAY : TJSAMP_420;
    unsigned char *bytes = NULL;
    unsigned long count = 0;
    int status = tjCompress2(
        handle, pixels, width, 0, height, pixel_format(channels), &bytes, &count, subsampling, quality,
        TJFLAG_ACCURATEDCT);
    apus_codec_result result = apus_result(APUS_CODEC_OK, "");
    if (status == 0) {
        // TurboJPEG's allocator is malloc's: `apus_codec_free` may release it.
        *output = (apus_codec_buffer){bytes, count};
    } else {
        result = apus_result(APUS_CODEC_UNSUPPORTED, tjGetErrorStr2(handle));
        tjFree(bytes);
    }
    tjDestroy(handle);
    return result;
}
