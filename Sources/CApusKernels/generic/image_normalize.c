#include "image_kernels.h"

void apus_normalize_planes_generic(
    const uint8_t *pixels, size_t count, const int order[3], const float scale[3], const float offset[3],
    float *planes) {
    for (int c = 0; c < 3; c++) {
        for (size_t i = 0; i < count; i++) {
            planes[(size_t)c * count + i] = (float)pixels[3 * i + (size_t)order[c]] * scale[c] + offset[c];
        }
    }
}

#if !defined(__x86_64__)
void apus_normalize_planes(
    const uint8_t *pixels, size_t count, const int order[3], const float scale[3], const float offset[3],
    float *planes) {
    apus_normalize_planes_generic(pixels, count, order, scale, offset, planes);
}
#endif
