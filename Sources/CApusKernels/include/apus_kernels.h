// Compute kernels of Apus: plain C, no allocation that can fail silently, no global state but the CPU's features.
//
// Images are NHWC ("channels last"). A *pixel stride* is the distance, in elements, from one pixel's channels to
// the next pixel's: it is at least the channel count, so that a kernel can read or write a slice of the channels of
// a wider image (how Split and Concat cost nothing).
#ifndef APUS_KERNELS_H
#define APUS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Threads

/// Worker threads that spin for a moment after each job and then sleep. One job runs at a time; a caller that finds
/// the pool busy runs its job alone.
typedef struct apus_pool apus_pool;

/// A pool in which `threads` threads work, the caller among them; NULL where no memory is left.
apus_pool *apus_pool_create(int threads);
void apus_pool_destroy(apus_pool *pool);
int apus_pool_threads(const apus_pool *pool);

/// Calls `body(context, index)` once for each index below `count`; returns when all are done. What an index does must
/// not depend on the thread that runs it. A NULL pool runs all on the caller.
void apus_pool_run(apus_pool *pool, ptrdiff_t count, void (*body)(void *context, ptrdiff_t index), void *context);

// MARK: Kernel sets

/// The instruction set that kernels may use.
typedef enum { APUS_GENERIC = 0, APUS_AVX2 = 1, APUS_AVX512 = 2 } apus_cpu;

/// The best set that this processor runs (asked once).
apus_cpu apus_best_cpu(void);

// MARK: Elementwise

/// Functions of one number, with up to two parameters `a` and `b`.
typedef enum {
    APUS_IDENTITY = 0,
    APUS_RELU,          // max(x, 0)
    APUS_SILU,          // x · sigmoid(x)
    APUS_CLIP,          // min(max(x, a), b)
    APUS_LEAKY_RELU,    // x ≥ 0 ? x : a · x
    APUS_SIGMOID,       // 1 / (1 + exp(−x))
    APUS_HARD_SIGMOID,  // clip(a · x + b, 0, 1)
    APUS_HARD_SWISH,    // x · clip(x / 6 + 1/2, 0, 1)
    APUS_EXP,
    APUS_LOG,
    APUS_SQRT,
    APUS_TANH,
    APUS_ERF,
    APUS_ABS,
    APUS_NEGATIVE,
    APUS_RECIPROCAL,
    APUS_FLOOR,
    APUS_CEIL,
    APUS_ROUND,         // halves to even
    APUS_ELU,           // x ≥ 0 ? x : a · (exp(x) − 1)
    APUS_SELU,          // b · (x ≥ 0 ? x : a · (exp(x) − 1))
    APUS_SOFTPLUS,      // log(1 + exp(x))
    APUS_SOFTSIGN,      // x / (1 + |x|)
    APUS_SIN,
    APUS_COS,
    APUS_SIGN,
    APUS_GELU,          // x/2 · (1 + erf(x/√2))
    APUS_GELU_TANH,     // its tanh approximation
    APUS_MISH,          // x · tanh(softplus(x))
} apus_function;

typedef struct {
    apus_function function;
    float a, b;
} apus_activation;

/// `y[i] = f(x[i])` for `rows` rows of `count` elements; `x` and `y` may be the same.
void apus_unary(apus_cpu cpu, apus_pool *pool, apus_activation f, const float *x, ptrdiff_t x_stride, float *y,
                ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t count);

typedef enum {
    APUS_ADD = 0,
    APUS_SUBTRACT,
    APUS_MULTIPLY,
    APUS_DIVIDE,
    APUS_MAXIMUM,
    APUS_MINIMUM,
    APUS_POWER,
} apus_operation;

/// `y[i] = a[i · a_step] ∘ b[i · b_step]`, where a step is 0 or 1, for `rows` rows that begin `*_stride` apart.
void apus_binary(apus_pool *pool, apus_operation operation, const float *a, ptrdiff_t a_step, ptrdiff_t a_stride,
                 const float *b, ptrdiff_t b_step, ptrdiff_t b_stride, float *y, ptrdiff_t y_stride, ptrdiff_t rows,
                 ptrdiff_t count);

// MARK: Convolution

/// How weights are packed, which says how a convolution is computed.
typedef enum {
    /// Panels of 16 output channels `[⌈out/16⌉][kernel_height][kernel_width][in][16]`: any geometry.
    APUS_DENSE = 0,
    /// The same in the order `[in][kernel_height][kernel_width]`, for inputs that lie as planes (NCHW).
    APUS_PLANAR,
    /// Winograd's F(4×4, 3×3): `[⌈out/16⌉][36][in][16]`, for 3×3 kernels of stride 1 and dilation 1.
    APUS_WINOGRAD,
    /// One filter a channel: `[kernel_height · kernel_width][⌈channels/16⌉ · 16]`.
    APUS_DEPTHWISE,
} apus_packing;

/// Weights of one group before they are packed: `w[o · o_stride + i · i_stride + y · y_stride + x · x_stride]`.
typedef struct {
    apus_packing packing;
    ptrdiff_t out_channels, in_channels, kernel_height, kernel_width;
    ptrdiff_t o_stride, i_stride, y_stride, x_stride;
} apus_filter;

/// How many floats the packed weights take, bias included.
ptrdiff_t apus_packed_count(const apus_filter *filter);

/// Packs weights; `bias` may be NULL.
void apus_pack(apus_pool *pool, const apus_filter *filter, const float *w, const float *bias, float *packed);

/// A 2-D convolution of one group. Sizes are in pixels, channels and elements.
typedef struct {
    apus_packing packing;
    ptrdiff_t batch;
    /// `in_stride` counts for inputs that lie channels last; planes are dense.
    ptrdiff_t in_height, in_width, in_channels, in_stride;
    ptrdiff_t out_height, out_width, out_channels, out_stride;
    ptrdiff_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
    const float *input;
    /// From `apus_pack`.
    const float *weights;
    float *output;
    apus_activation activation;
    /// Added to the output where not NULL, before the activation or after it. Never overlaps `output`.
    const float *residual;
    ptrdiff_t residual_stride;
    bool residual_before_activation;
} apus_convolution;

/// Every convolution, and every matrix product: a product of M×K and K×N is a 1×1 convolution of M pixels.
void apus_convolve(apus_cpu cpu, apus_pool *pool, const apus_convolution *convolution);

/// `pointwise` (1×1, stride 1, no padding, no residual) and the `depthwise` convolution of its output, which is never
/// stored whole. False where it cannot be done so: then nothing is computed, or all has to be computed again.
bool apus_convolve_expanded(apus_cpu cpu, apus_pool *pool, const apus_convolution *pointwise,
                            const apus_convolution *depthwise);

/// Adds up `columns[pixel][kernel_height · kernel_width · out_channels]` into the image that a transposed
/// convolution makes: geometry as of the convolution that it reverses (`in_*` is the larger image, written here).
void apus_columns_to_image(apus_pool *pool, const apus_convolution *geometry, const float *columns, const float *bias,
                           float *image);

/// Products of matrices of few rows, without packing: each row is a sum of rows of the other side.
typedef struct {
    ptrdiff_t pairs, rows, inner, columns;
    /// Which matrices of `a` (rows × inner) and `b` (inner × columns) make up each pair.
    const ptrdiff_t *a_index, *b_index;
    const float *a, *b;
    float *y;
} apus_row_products;

void apus_multiply_rows(apus_cpu cpu, apus_pool *pool, const apus_row_products *products);

// MARK: Pooling

typedef struct {
    ptrdiff_t batch, channels;
    ptrdiff_t in_height, in_width, in_stride;
    ptrdiff_t out_height, out_width, out_stride;
    ptrdiff_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
    /// How far, below and right of the image, padding counts as part of an average.
    ptrdiff_t pad_bottom, pad_right;
    bool average, count_padding;
    const float *input;
    float *output;
} apus_pooling;

void apus_pool_image(apus_cpu cpu, apus_pool *pool, const apus_pooling *pooling);

/// The mean of each channel over all pixels of each image.
void apus_global_average(apus_cpu cpu, apus_pool *pool, const float *x, ptrdiff_t batch, ptrdiff_t pixels,
                         ptrdiff_t channels, ptrdiff_t stride, float *y);

// MARK: Softmax

/// Softmax over the middle extent of `[outer][count][inner]`; the logarithm of it where `logarithm`.
void apus_softmax(apus_cpu cpu, apus_pool *pool, const float *x, float *y, ptrdiff_t outer, ptrdiff_t count,
                  ptrdiff_t inner, bool logarithm);

// MARK: Resizing

/// Resizes by tables: output row `y` takes input rows `rows[y]` and `rows[y] + row_steps[y]`, the second with
/// weight `row_weights[y]` (NULL weights: only the first), and likewise columns.
typedef struct {
    ptrdiff_t batch, channels;
    ptrdiff_t in_height, in_width, in_stride;
    ptrdiff_t out_height, out_width, out_stride;
    const int32_t *rows, *row_steps, *columns, *column_steps;
    const float *row_weights, *column_weights;
    const float *input;
    float *output;
} apus_resizing;

void apus_resize(apus_pool *pool, const apus_resizing *resizing);

// MARK: Copies

enum { APUS_MAXIMUM_RANK = 8 };

/// Copies elements of `size` bytes (1, 2, 4, 8) between strided views of `rank` ≤ 8 extents; strides in elements, of
/// any sign, 0 to repeat. It transposes, slices, expands, concatenates and pads.
void apus_copy(apus_pool *pool, const void *source, const ptrdiff_t *source_strides, void *target,
               const ptrdiff_t *target_strides, const ptrdiff_t *extents, int rank, ptrdiff_t size);

#endif
