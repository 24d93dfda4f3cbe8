// The compute kernels of the fused training functions, as a table of function pointers for the CPU at hand.
#pragma once
#include <cstdint>

namespace apus {

/// One row of cells of an instance's mask.
struct MaskRow {
    const float *prototypes;   // [cells, channels]
    const float *coefficients; // [channels]
    const float *wanted;       // [cells], 1 inside the instance
    float *slopes;             // [cells], for the kernel's own use
    float *prototypeGradient, *coefficientGradient; // added to
    int64_t cells, channels;
    float weight;
};

/// Pixels in lines: of `x` a vector of inputs each, of `y` a vector of outputs.
struct PixelLines {
    const float *const *x, *const *y; // each line's first pixel
    int64_t count, pixels;            // lines, and pixels in each
    int64_t xOffset;                  // floats to skip in all lines of x
    int64_t xStride, yStride;         // from one pixel to the next
};

struct Kernels {
    void (*moments)(const float *x, int64_t rows, int64_t channels, float *sum, float *squares);
    void (*normSilu)(const float *x, float *z, int64_t rows, int64_t channels, const float *scale, const float *shift);
    void (*gradientSums)(const float *x, const float *dz, int64_t rows, int64_t channels, int64_t dzStride,
                         const float *scale, const float *shift, const float *mean, float *sum, float *product);
    void (*normSiluGradient)(const float *x, const float *dz, float *dx, int64_t rows, int64_t channels,
                             int64_t dzStride, const float *scale, const float *shift, const float *mean,
                             const float *slope, const float *offset);
    double (*softplusSum)(const float *x, float *gradient, int64_t count, float weight);
    double (*maskRow)(const MaskRow &row);
    /// Null where LibTorch's own convolutions are as quick.
    void (*addProduct)(const PixelLines &lines, int64_t inputs, int64_t outputs, float *sums, int64_t stride);
};

/// The fastest kernels that this CPU executes.
const Kernels &kernels();

} // namespace apus
