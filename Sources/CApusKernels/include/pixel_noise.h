// Random fields and the transforms that apply them. Every number is a function of a key and its place alone: any part
// of a field may be made, in any order and on any thread.

#ifndef APUS_PIXEL_NOISE_H
#define APUS_PIXEL_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    /// From `a` to `b`.
    APUS_NOISE_UNIFORM = 0,
    /// Mean `a`, standard deviation `b`.
    APUS_NOISE_NORMAL = 1,
    /// Mean `a`, scale `b`.
    APUS_NOISE_LAPLACE = 2,
} apus_noise_kind;

/// Where a field's numbers come from: what they are distributed as, and their key.
typedef struct {
    apus_noise_kind kind;
    float a;
    float b;
    uint64_t key;
} apus_noise;

/// Elements `first ..< first + count` of the field, which has at most 2³² elements.
void apus_noise_fill(const apus_noise *noise, size_t first, size_t count, float *field);

/// `bytes[i] = clamp(bytes[i] + field[i])`, the field cut to whole numbers.
void apus_add_field_bytes(uint8_t *bytes, size_t count, const float *field);
/// `values[i] = clamp(values[i] + field[i], 0, 1)`.
void apus_add_field_floats(float *values, size_t count, const float *field);
/// `bytes[i] = clamp(bytes[i] · field[i])`, cut to whole numbers.
void apus_multiply_field_bytes(uint8_t *bytes, size_t count, const float *field);
/// `values[i] = clamp(values[i] · field[i], 0, 1)`.
void apus_multiply_field_floats(float *values, size_t count, const float *field);

/// `noise` added to (or multiplied by) every element: one number an element, or `shared` by a pixel's channels.
void apus_add_noise_bytes(uint8_t *bytes, size_t pixels, int channels, bool shared, const apus_noise *noise);
void apus_add_noise_floats(float *values, size_t pixels, int channels, bool shared, const apus_noise *noise);
void apus_multiply_noise_bytes(uint8_t *bytes, size_t pixels, int channels, bool shared, const apus_noise *noise);
void apus_multiply_noise_floats(float *values, size_t pixels, int channels, bool shared, const apus_noise *noise);

/// `count` different numbers below `limit`, in random order. Needs `(limit + 7) / 8` bytes of `taken`.
void apus_distinct_places(uint64_t key, uint32_t limit, uint32_t count, uint8_t *taken, uint32_t *places);

/// Sets every channel of the pixels at `places`; an element has `size` bytes, 1 or 4.
void apus_set_pixels(
    void *elements, int size, int channels, const uint32_t *places, size_t count, const void *value);

/// `bytes[i]` becomes `outcome[k]`, k Poisson-distributed with mean `means[bytes[i]]` and cut to 255.
/// False where no memory was left.
bool apus_poisson_bytes(
    uint8_t *bytes, size_t count, uint64_t key, const float means[256], const uint8_t outcome[256]);

/// Elements `0 ..< count` of a field of Poisson-distributed numbers, times `scale`.
void apus_poisson_fill(uint64_t key, float mean, float scale, size_t count, float *field);

/// `values[i]` becomes a Poisson-distributed number of mean `values[i]` (0 where it is not above 0).
void apus_poisson_floats(float *values, size_t count, uint64_t key);

#ifdef __cplusplus
}
#endif

#endif
