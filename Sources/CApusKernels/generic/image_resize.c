#include "image_kernels.h"

#include <math.h>

void apus_resize_taps(int input_size, int output_size, apus_resize_tap *taps) {
    double scale = (double)input_size / output_size;
    for (int i = 0; i < output_size; i++) {
        float position = (float)((i + 0.5) * scale - 0.5);
        int first = (int)floorf(position);
        float fraction = position - (float)first;
        if (first < 0) {
            first = 0;
            fraction = 0;
        }
        if (first >= input_size - 1) {
            first = input_size - 1;
            fraction = 0;
        }
        int second = first + 1 < input_size ? first + 1 : first;
        taps[i] = (apus_resize_tap){
            first, second, (int16_t)lrintf((1 - fraction) * 2048), (int16_t)lrintf(fraction * 2048)};
    }
}

void apus_resize_row_generic(
    const uint8_t *source, int source_width, int channels, const apus_resize_tap *taps, int width, int16_t *row) {
    (void)source_width;
    for (int x = 0; x < width; x++) {
        const uint8_t *first = source + (ptrdiff_t)taps[x].first * channels;
        const uint8_t *second = source + (ptrdiff_t)taps[x].second * channels;
        for (int c = 0; c < channels; c++) {
            int sum = first[c] * taps[x].first_weight + second[c] * taps[x].second_weight;
            row[(ptrdiff_t)x * channels + c] = (int16_t)(sum >> 4);
        }
    }
}

void apus_resize_blend_generic(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output) {
    for (int i = 0; i < count; i++) {
        int sum = ((first[i] * first_weight) >> 16) + ((second[i] * second_weight) >> 16);
        output[i] = (uint8_t)((sum + 2) >> 2);
    }
}

#if !defined(__x86_64__)
void apus_resize_row(
    const uint8_t *source, int source_width, int channels, const apus_resize_tap *taps, int width, int16_t *row) {
    apus_resize_row_generic(source, source_width, channels, taps, width, row);
}

void apus_resize_blend(
    const int16_t *first, const int16_t *second, int16_t first_weight, int16_t second_weight, int count,
    uint8_t *output) {
    apus_resize_blend_generic(first, second, first_weight, second_weight, count, output);
}
#endif
