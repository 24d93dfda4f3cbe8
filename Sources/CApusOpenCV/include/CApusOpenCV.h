#ifndef CAPUS_OPENCV_H
#define CAPUS_OPENCV_H

#include <stddef.h>
#include <stdint.h>

// A C face over OpenCV's imgproc. Every function writes into the caller's buffer, catches what OpenCV throws and
// returns 0, or 1 with a message for this thread in `apus_cv_message`. OpenCV's own threads are off: callers bring
// theirs.

#ifdef __cplusplus
extern "C" {
#endif

/// Interleaved 8-bit pixels in rows without gaps. A source is never written.
typedef struct {
    uint8_t *pixels;
    int32_t width;
    int32_t height;
    /// 1, 3 (RGB) or 4 (RGBA).
    int32_t channels;
} apus_cv_image;

typedef enum { APUS_CV_NEAREST = 0, APUS_CV_LINEAR = 1, APUS_CV_CUBIC = 2, APUS_CV_AREA = 3 } apus_cv_interpolation;

/// Interleaved elements in rows without gaps: bytes, or floats. A source is never written.
typedef struct {
    void *elements;
    int32_t width;
    int32_t height;
    /// 1 or more.
    int32_t channels;
    /// 0 for bytes, else floats.
    int32_t is_float;
} apus_cv_raster;

/// Why the last call on this thread failed.
const char *apus_cv_message(void);

/// OpenCV's version, such as "4.6.0".
const char *apus_cv_version(void);

/// How many threads OpenCV uses inside one call; 1 from load on.
int32_t apus_cv_thread_count(void);

/// `forward` maps source pixel indices to destination pixel indices, row-major 2×3; outside is `border`.
int32_t apus_cv_warp_affine(
    apus_cv_image source, apus_cv_image destination, const double *forward, apus_cv_interpolation interpolation,
    uint8_t border);

/// `forward` maps source pixel indices to destination pixel indices, row-major 3×3; outside is `border`.
int32_t apus_cv_warp_perspective(
    apus_cv_image source, apus_cv_image destination, const double *forward, apus_cv_interpolation interpolation,
    uint8_t border);

/// `forward` maps source pixel indices to destination pixel indices, row-major 2×3. `interpolation` and `border` are
/// OpenCV's numbers; a constant border has `fill[channel]`. Of any number of channels.
int32_t apus_cv_warp_affine_raster(
    apus_cv_raster source, apus_cv_raster destination, const double *forward, int32_t interpolation, int32_t border,
    const double *fill);

int32_t apus_cv_resize(apus_cv_image source, apus_cv_image destination, apus_cv_interpolation interpolation);

/// Mean over a `side`×`side` window, borders mirrored.
int32_t apus_cv_blur(apus_cv_image source, apus_cv_image destination, int32_t side);

/// Median over a window of odd `side`.
int32_t apus_cv_median_blur(apus_cv_image source, apus_cv_image destination, int32_t side);

/// A Gaussian of standard deviation `sigma`, borders mirrored; `side` odd, or 0 to derive it from `sigma`.
int32_t apus_cv_gaussian_blur(apus_cv_image source, apus_cv_image destination, int32_t side, double sigma);

/// Contrast-limited adaptive histogram equalization; of the lightness (CIE Lab) where there are three channels.
int32_t apus_cv_clahe(apus_cv_image source, apus_cv_image destination, double clip_limit, int32_t tiles);

/// RGB to grey with the weights of BT.601; `destination` has one channel.
int32_t apus_cv_grey(apus_cv_image source, apus_cv_image destination);

#ifdef __cplusplus
}
#endif

#endif
