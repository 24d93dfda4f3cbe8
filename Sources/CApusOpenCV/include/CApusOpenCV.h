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

/// The same for a row-major 3×3 map.
int32_t apus_cv_warp_perspective_raster(
    apus_cv_raster source, apus_cv_raster destination, const double *forward, int32_t interpolation, int32_t border,
    const double *fill);

/// Each destination pixel from (`x`, `y`), in source pixel indices; the rest as before.
int32_t apus_cv_remap_raster(
    apus_cv_raster source, apus_cv_raster destination, const float *x, const float *y, int32_t interpolation,
    int32_t border, const double *fill);

/// The largest (or smallest) value within an ellipse of these sides around each pixel, as getStructuringElement has it.
int32_t apus_cv_morphology(
    apus_cv_raster source, apus_cv_raster destination, int32_t width, int32_t height, int32_t erodes);

int32_t apus_cv_resize(apus_cv_image source, apus_cv_image destination, apus_cv_interpolation interpolation);

// MARK: - What pixel transforms take from OpenCV; interpolations and borders are OpenCV's numbers.

/// Median over a window of odd `side`: of 1, 3 or 4 channels of bytes.
int32_t apus_cv_median_raster(apus_cv_raster source, apus_cv_raster destination, int32_t side);

/// Mean over a `side`×`side` window, borders mirrored.
int32_t apus_cv_box_raster(apus_cv_raster source, apus_cv_raster destination, int32_t side);

/// A Gaussian; `side` odd, or 0 to derive it from `sigma`.
int32_t apus_cv_gaussian_raster(
    apus_cv_raster source, apus_cv_raster destination, int32_t side, double sigma, int32_t border);

/// Contrast-limited adaptive histogram equalization of bytes; of the lightness (CIE Lab) where there are 3 channels.
int32_t apus_cv_clahe_raster(
    apus_cv_raster source, apus_cv_raster destination, double clip_limit, int32_t tiles_x, int32_t tiles_y);

/// The lightness (CIE Lab) of RGB bytes, and their luma (YCrCb); `destination` has one channel.
int32_t apus_cv_lightness(apus_cv_raster source, apus_cv_raster destination);
int32_t apus_cv_luma(apus_cv_raster source, apus_cv_raster destination);

/// RGB bytes whose luma is replaced by its entries in `table`, or equalized where there is none.
int32_t apus_cv_equalize_luma(apus_cv_raster source, apus_cv_raster destination, const uint8_t *table);

/// Resizes by the ratio of the two sizes, or by `scale`, to which the destination's size must be rounded.
int32_t apus_cv_resample(apus_cv_raster source, apus_cv_raster destination, int32_t interpolation);
int32_t apus_cv_resample_by(apus_cv_raster source, apus_cv_raster destination, double scale, int32_t interpolation);

/// Looks up each pixel of a plane of bytes at (x, y), given for each; outside, the nearest of the border.
int32_t apus_cv_remap_plane(
    apus_cv_raster source, apus_cv_raster destination, const float *x, const float *y, int32_t interpolation);

/// Draws `count` lines of 4- or 8-connected pixels, four numbers each (x, y of either end). 1 or 3 channels.
int32_t apus_cv_draw_lines(
    uint8_t *elements, int32_t width, int32_t height, int32_t channels, const int32_t *ends, int32_t count,
    const uint8_t color[3], int32_t thickness, int32_t connectivity);

/// Fills the polygon through `count` places (x, y each) of a plane.
int32_t apus_cv_fill_polygon(
    uint8_t *elements, int32_t width, int32_t height, const int32_t *places, int32_t count, uint8_t value);

/// The same for a convex outline, its edges drawn as lines.
int32_t apus_cv_fill_convex(
    uint8_t *elements, int32_t width, int32_t height, const int32_t *places, int32_t count, uint8_t value);

/// How strongly rain on a lens shows, from 0 to 1, out of a layer of liquid from 0 to 1.
///
/// After Hendrycks & Dietterich, Benchmarking Neural Network Robustness to Common Corruptions and Perturbations, 2019.
int32_t apus_cv_rain_on_lens(const float *liquid, int32_t width, int32_t height, float *drops);

#ifdef __cplusplus
}
#endif

#endif
