// PNG writing. libpng leaves by longjmp; the setjmp that catches it is in `write_image`, and nothing else is.

#include "result.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    apus_codec_buffer buffer;
    size_t capacity;
    char message[APUS_CODEC_MESSAGE_SIZE];
} png_sink;

static void fail(png_structp png, png_const_charp message) {
    png_sink *sink = png_get_error_ptr(png);
    snprintf(sink->message, sizeof sink->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void grow(png_structp png, png_sink *sink, size_t needed) {
    size_t capacity = sink->capacity * 2 > needed ? sink->capacity * 2 : needed + 4096;
    uint8_t *bytes = realloc(sink->buffer.bytes, capacity);
    if (!bytes) png_error(png, "not enough memory for the encoded image");
    sink->buffer.bytes = bytes;
    sink->capacity = capacity;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    png_sink *sink = png_get_io_ptr(png);
    if (sink->buffer.count + count > sink->capacity) grow(png, sink, sink->buffer.count + count);
    memcpy(sink->buffer.bytes + sink->buffer.count, bytes, count);
    sink->buffer.count += count;
}

static void flush(png_structp png) { (void)png; }

/// What is encoded; `palette` is NULL but for indices.
typedef struct {
    const uint8_t *pixels;
    int width, height, channels;
    const uint8_t *palette;
    int palette_count;
} png_picture;

static int color_type(const png_picture *picture) {
    if (picture->palette) return PNG_COLOR_TYPE_PALETTE;
    int channels = picture->channels;
    return channels == 1 ? PNG_COLOR_TYPE_GRAY : channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
}

static void set_palette(png_structp png, png_infop info, const png_picture *picture) {
    png_color colors[256];
    for (int index = 0; index < picture->palette_count; index++) {
        const uint8_t *rgb = picture->palette + 3 * index;
        colors[index] = (png_color){rgb[0], rgb[1], rgb[2]};
    }
    png_set_PLTE(png, info, colors, picture->palette_count);
}

static bool write_image(png_structp png, png_infop info, const png_picture *picture, int level) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_compression_level(png, level);
    png_set_IHDR(
        png, info, (png_uint_32)picture->width, (png_uint_32)picture->height, 8, color_type(picture),
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (picture->palette) set_palette(png, info, picture);
    png_write_info(png, info);
    size_t stride = (size_t)picture->width * (size_t)picture->channels;
    for (int y = 0; y < picture->height; y++) png_write_row(png, picture->pixels + (size_t)y * stride);
    png_write_end(png, NULL);
    return true;
}

static apus_codec_result encode(const png_picture *picture, int level, apus_codec_buffer *output) {
    png_sink sink = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, fail, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return apus_result(APUS_CODEC_OUT_OF_MEMORY, "libpng could not start");
    }
    png_set_write_fn(png, &sink, write_bytes, flush);
    bool done = write_image(png, info, picture, level);
    png_destroy_write_struct(&png, &info);
    if (done) {
        *output = sink.buffer;
        return apus_result(APUS_CODEC_OK, "");
    }
    free(sink.buffer.bytes);
    return apus_result(APUS_CODEC_DAMAGED, sink.message);
}

apus_codec_result apus_png_encode(
    const uint8_t *pixels, int width, int height, int channels, int level, apus_codec_buffer *output) {
    png_picture picture = {.pixels = pixels, .width = width, .height = height, .channels = channels};
    return encode(&picture, level, output);
}

apus_codec_result apus_png_encode_indices(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int palette_count,
    apus_codec_buffer *output) {
    if (palette_count < 1 || palette_count > 256) {
        return apus_result(APUS_CODEC_UNSUPPORTED, "a palette of 1 to 256 colours is needed");
    }
    png_picture picture = {
        .pixels = indices, .width = width, .height = height, .channels = 1, .palette = palette,
        .palette_count = palette_count};
    return encode(&picture, 6, output);
}
