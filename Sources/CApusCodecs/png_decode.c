// PNG reading. libpng leaves by longjmp; the setjmp that catches it is in `read_image`, and nothing else is.

#include "result.h"

#include <png.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t offset;
    bool ran_out;
    char message[APUS_CODEC_MESSAGE_SIZE];
} png_source;

static void fail(png_structp png, png_const_charp message) {
    png_source *source = png_get_error_ptr(png);
    snprintf(source->message, sizeof source->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep destination, size_t count) {
    png_source *source = png_get_io_ptr(png);
    if (count > source->count - source->offset) {
        source->ran_out = true;
        png_error(png, "the file ends inside the image");
    }
    memcpy(destination, source->bytes + source->offset, count);
    source->offset += count;
}

static void limit(png_structp png) {
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_cache_max(png, 256);
    png_set_chunk_malloc_max(png, 16 << 20);
}

static void transform_to_rgb(png_structp png, png_infop info) {
    png_set_scale_16(png);
    png_set_expand(png);
    if (!(png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
}

/// Leaves palette indices and grey values as they are, a byte each.
static void transform_to_indices(png_structp png, png_infop info) {
    int color_type = png_get_color_type(png, info);
    bool is_indexed = color_type == PNG_COLOR_TYPE_PALETTE || color_type == PNG_COLOR_TYPE_GRAY;
    if (!is_indexed || png_get_bit_depth(png, info) > 8) png_error(png, "neither palette nor grey of 8 bits or fewer");
    png_set_packing(png);
}

static void read_rows(png_structp png, png_infop info, int width, int height, int channels, uint8_t *pixels) {
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * (size_t)channels;
    if (png_get_rowbytes(png, info) != stride) png_error(png, "the rows have an unexpected length");
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < height; y++) png_read_row(png, pixels + (size_t)y * stride, NULL);
    }
    png_read_end(png, NULL);
}

/// `channels` is 3 for RGB, 1 for indices.
static bool read_image(png_structp png, png_infop info, int width, int height, int channels, uint8_t *pixels) {
    if (setjmp(png_jmpbuf(png))) return false;
    limit(png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != (png_uint_32)width
        || png_get_image_height(png, info) != (png_uint_32)height) {
        png_error(png, "the headers disagree on the size");
    }
    if (channels == 3) {
        transform_to_rgb(png, info);
    } else {
        transform_to_indices(png, info);
    }
    read_rows(png, info, width, height, channels, pixels);
    return true;
}

static apus_codec_result decode(
    const uint8_t *bytes, size_t count, int width, int height, int channels, uint8_t *pixels) {
    png_source source = {.bytes = bytes, .count = count};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return apus_result(APUS_CODEC_OUT_OF_MEMORY, "libpng could not start");
    }
    png_set_read_fn(png, &source, read_bytes);
    bool done = read_image(png, info, width, height, channels, pixels);
    png_destroy_read_struct(&png, &info, NULL);
    if (done) return apus_result(APUS_CODEC_OK, "");
    return apus_result(source.ran_out ? APUS_CODEC_TRUNCATED : APUS_CODEC_DAMAGED, source.message);
}

apus_codec_result apus_png_decode(const uint8_t *bytes, size_t count, int width, int height, uint8_t *rgb) {
    return decode(bytes, count, width, height, 3, rgb);
}

apus_codec_result apus_png_decode_indices(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *indices) {
    return decode(bytes, count, width, height, 1, indices);
}
