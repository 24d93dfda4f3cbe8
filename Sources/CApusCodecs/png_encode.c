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

static int color_type(int channels) {
    return channels == 1 ? PNG_COLOR_TYPE_GRAY : channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
}

static bool write_image(
    png_structp png, png_infop info, const uint8_t *pixels, int width, int height, int channels, int level) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_compression_level(png, level);
    png_set_IHDR(
        png, info, (png_uint_32)width, (png_uint_32)height, 8, color_type(channels), PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    size_t stride = (size_t)width * (size_t)channels;
    for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * stride);
    png_write_end(png, NULL);
    return true;
}

apus_codec_result apus_png_encode(
    const uint8_t *pixels, int width, int height, int channels, int level, apus_codec_buffer *output) {
    png_sink sink = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, fail, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return apus_result(APUS_CODEC_OUT_OF_MEMORY, "libpng could not start");
    }
    png_set_write_fn(png, &sink, write_bytes, flush);
    bool done = write_image(png, info, pixels, width, height, channels, level);
    png_destroy_write_struct(&png, &info);
    if (done) {
        *output = sink.buffer;
        return apus_result(APUS_CODEC_OK, "");
    }
    free(sink.buffer.bytes);
    return apus_result(APUS_CODEC_DAMAGED, sink.message);
}
