#ifndef APUS_TORCH_H
#define APUS_TORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// A plain C face over LibTorch. No C++ exception leaves it: a function that returns a handle returns NULL on
// failure, one that returns a status returns 0 on success, and `apus_torch_last_error` tells the calling thread why.

/// An owned reference to a tensor (LibTorch's TensorImpl with one retain). Released by `apus_tensor_release`.
typedef struct apus_tensor_object *apus_tensor;
typedef apus_tensor _Nullable apus_result;
typedef int apus_status;

/// Element types, in the order of ApusTorch's own table.
enum apus_dtype {
    APUS_FLOAT32, APUS_FLOAT64, APUS_FLOAT16, APUS_BFLOAT16,
    APUS_UINT8, APUS_INT8, APUS_INT16, APUS_INT32, APUS_INT64, APUS_BOOL,
};

// Runtime
const char *apus_torch_last_error(void);
const char *apus_torch_version(void);
const char *apus_torch_cpu_capability(void);
void apus_torch_set_threads(int count);
int apus_torch_threads(void);
void apus_torch_seed(uint64_t seed);
/// Makes computing threads sleep soon instead of spinning while they wait for each other, unless the environment
/// (OMP_WAIT_POLICY, GOMP_SPINCOUNT) says how they shall wait.
void apus_torch_share_cores(void);
/// Makes freed tensor memory be reused instead of returned to the system. Call before the first tensor.
void apus_torch_use_pooled_memory(void);
/// Bytes that the pool has taken from the system.
/// Lets the next `parts` parts of its work in which the calling thread watches its memory find none for the tensor of this
/// number on the CPU, from 0. For tests.
void apus_torch_lack_memory(size_t parts, size_t tensor);
/// Whether the calling thread takes the fused functions for what lies on the CPU, as it does at first; else LibTorch's
/// own operations, which are what runs on GPUs.
void apus_torch_set_fused(bool enabled);
bool apus_torch_gradients_enabled(void);
void apus_torch_set_gradients_enabled(bool enabled);

// Lack of memory
/// Whether the calling thread's last failure was a lack of memory.
bool apus_torch_lacks_memory(void);
/// Begins or ends to watch for it: once the calling thread finds no memory, its calls fail without computing until the
/// watch ends.
void apus_torch_watch_memory(bool enabled);
/// Whether the calling thread watches and has found no memory.
bool apus_torch_is_exhausted(void);

/// What the calling thread's next losses are of.
enum apus_piece {
    APUS_WHOLE,        // a batch as it is
    APUS_FIRST_COUNT,  // the first piece of a batch, which is only counted
    APUS_COUNT,        // a further one
    APUS_LOSS,         // a piece of the batch that was counted: the losses of all add up to the batch's
};
void apus_torch_begin_piece(int piece);

// GPUs
/// Loads the CUDA half of LibTorch, which lies beside libtorch_cpu.
apus_status apus_torch_load_cuda(void);
int apus_torch_cuda_count(void);
/// Makes a device the calling thread's.
apus_status apus_torch_use_cuda(int index);
/// Bytes that are free on a device, and all that it has.
apus_status apus_torch_cuda_memory(int index, size_t *free, size_t *total);
/// The most bytes that this process has held on a device; `startsAnew` gives unused ones back and counts from here.
apus_status apus_torch_cuda_peak(int index, bool startsAnew, size_t *bytes);
/// Gives memory that no tensor uses back to the devices.
apus_status apus_torch_empty_cache(void);
/// Waits until a device has done all its work; nothing for the CPU.
apus_status apus_torch_synchronize(int index);
/// Empty where the driver does not tell.
void apus_torch_cuda_name(int index, char *name, size_t capacity);
/// The first part of a device's compute capability, such as 9; 0 where it does not tell.
int apus_torch_cuda_generation(int index);
/// How exactly GPUs compute.
typedef struct {
    bool tf32;           // products of float32 in 10 bits of mantissa
    bool benchmark;      // the fastest algorithm of each convolution is measured
    bool deterministic;  // algorithms that repeat to the bit, where there are some
} apus_cuda_choices;
void apus_torch_set_cuda_choices(const apus_cuda_choices *choices);

// Mixed precision
/// Until `apus_torch_end_autocast` the calling thread's products and convolutions on this device are of `dtype`.
apus_status apus_torch_begin_autocast(int device, int dtype);
void apus_torch_end_autocast(int device);
/// Whether this CPU multiplies bfloat16 numbers itself.
bool apus_torch_cpu_has_bfloat16(void);

// Lifetime and facts
void apus_tensor_release(apus_tensor tensor);
size_t apus_tensor_rank(apus_tensor tensor);
int64_t apus_tensor_size(apus_tensor tensor, size_t axis);
int64_t apus_tensor_count(apus_tensor tensor);
/// A value of `apus_dtype`, or -1 where the table has none.
int apus_tensor_dtype(apus_tensor tensor);
/// -1 on the CPU, else the index of the CUDA device.
int apus_tensor_device(apus_tensor tensor);
bool apus_tensor_requires_gradient(apus_tensor tensor);
bool apus_tensor_is_channels_last(apus_tensor tensor);
/// Whether both handles stand for one tensor.
bool apus_tensor_is_same(apus_tensor a, apus_tensor b);
/// The first element on the CPU, in the tensor's own layout.
void *_Nullable apus_tensor_data(apus_tensor tensor);

// Creation
apus_result apus_tensor_full(const int64_t *shape, size_t rank, double value, int dtype, int device);
/// Copies `shape` elements, row-major, from `bytes`.
apus_result apus_tensor_from_bytes(const void *bytes, const int64_t *shape, size_t rank, int dtype, int device);
/// Copies the elements, row-major, to `bytes`; `byteCount` must be exactly theirs.
apus_status apus_tensor_copy_to_bytes(apus_tensor tensor, void *bytes, size_t byteCount);
/// One element as a double.
apus_status apus_tensor_item(apus_tensor tensor, double *value);
/// uint8 pixels [n, height, width, channels] to a float32 channels_last tensor [n, channels, height, width] of
/// value / 255.
apus_result apus_tensor_from_pixels(const uint8_t *pixels, int64_t n, int64_t height, int64_t width, int64_t channels,
                                    int device);
apus_result apus_tensor_clone(apus_tensor x);
/// Zeros in `x`'s shape, type, device and layout.
apus_result apus_tensor_zeros_like(apus_tensor x);
/// Adds 1 to an int64 scalar.
apus_status apus_tensor_increment(apus_tensor counter);
apus_result apus_tensor_to_device(apus_tensor x, int device);
/// Moves a tensor's own elements; all that refers to it sees them there.
apus_status apus_tensor_move(apus_tensor tensor, int device);
/// Stands for what was not computed for want of memory.
apus_result apus_tensor_placeholder(void);
apus_result apus_tensor_to_dtype(apus_tensor x, int dtype);
apus_result apus_tensor_contiguous(apus_tensor x, bool channelsLast);
/// Writes `source`'s elements into `target`, outside autograd.
apus_status apus_tensor_assign(apus_tensor target, apus_tensor source);

// Autograd
apus_status apus_tensor_backward(apus_tensor loss);
apus_status apus_tensor_set_requires_gradient(apus_tensor tensor, bool requires_gradient);
/// The accumulated gradient, NULL without an error message where there is none.
apus_result apus_tensor_gradient(apus_tensor tensor);
void apus_tensor_clear_gradient(apus_tensor tensor);
/// Puts a copy of `gradient` where `backward` would add to.
apus_status apus_tensor_set_gradient(apus_tensor tensor, apus_tensor gradient);
/// Makes `sum` the gradient, after the gradient was added to it.
apus_status apus_tensor_add_gradient(apus_tensor tensor, apus_tensor sum);
apus_result apus_tensor_detach(apus_tensor x);

// Shapes
apus_result apus_tensor_reshape(apus_tensor x, const int64_t *shape, size_t rank);
apus_result apus_tensor_permute(apus_tensor x, const int64_t *axes, size_t rank);
apus_result apus_tensor_slice(apus_tensor x, int64_t axis, int64_t start, int64_t end);
apus_result apus_tensor_concatenate(const apus_tensor _Nonnull *_Nonnull tensors, size_t count, int64_t axis);
/// A map [N, C, H, W], and its channels from `start` on twice: for a sum and for a layer. The gradients meet in one pass.
typedef struct {
    apus_result whole, shortcut, tail;
} apus_fork;
apus_status apus_tensor_fork(apus_tensor x, int64_t start, apus_fork *fork);

// Arithmetic
enum apus_unary {
    APUS_NEGATE, APUS_ABSOLUTE, APUS_EXP, APUS_LOG, APUS_SQUARE_ROOT, APUS_SIGMOID, APUS_SILU, APUS_RELU,
    APUS_ARC_TANGENT, APUS_SOFTPLUS, APUS_RELU6, APUS_HARD_SIGMOID, APUS_HARD_SWISH,
};
enum apus_binary { APUS_ADD, APUS_SUBTRACT, APUS_MULTIPLY, APUS_DIVIDE, APUS_MAXIMUM, APUS_MINIMUM, APUS_MATMUL };
apus_result apus_tensor_unary(apus_tensor x, int operation);
apus_result apus_tensor_binary(apus_tensor a, apus_tensor b, int operation);
/// scale · x + offset
apus_result apus_tensor_affine(apus_tensor x, double scale, double offset);
apus_result apus_tensor_clamp(apus_tensor x, double minimum, double maximum);
apus_result apus_tensor_sum(apus_tensor x, const int64_t *axes, size_t count, bool keepDimensions);
apus_result apus_tensor_mean(apus_tensor x, const int64_t *axes, size_t count, bool keepDimensions);
apus_result apus_tensor_softmax(apus_tensor x, int64_t axis);
/// Elements of `x` along `axis` at an int64 `index` of the same rank.
apus_result apus_tensor_gather(apus_tensor x, int64_t axis, apus_tensor index);

// Layers
apus_result apus_tensor_conv2d(apus_tensor x, apus_tensor weight, apus_result bias, int64_t stride, int64_t padding,
                               int64_t groups);
/// `weight` [I, O, k, k]; no padding.
apus_result apus_tensor_conv_transpose2d(apus_tensor x, apus_tensor weight, apus_result bias, int64_t stride);
apus_result apus_tensor_linear(apus_tensor x, apus_tensor weight, apus_result bias);
apus_result apus_tensor_max_pool2d(apus_tensor x, int64_t kernel, int64_t stride, int64_t padding);
/// Nearest-neighbour upsampling by a whole factor.
apus_result apus_tensor_upsample_nearest2d(apus_tensor x, int64_t factor);
/// Batch normalization over all but the channel axis, followed by SiLU where `silu` is set. In training it updates
/// the running statistics, and it keeps only `x` for the backward pass.
apus_result apus_tensor_batch_norm(apus_tensor x, apus_tensor weight, apus_tensor bias, apus_tensor runningMean,
                                   apus_tensor runningVariance, bool training, double momentum, double epsilon,
                                   bool silu);
/// Mean cross entropy of logits [N, C] and int64 labels [N].
apus_result apus_tensor_cross_entropy(apus_tensor logits, apus_tensor labels, double labelSmoothing);

// Training steps over whole parameter lists
/// The hyperparameters of one parameter within a step.
typedef struct {
    float learningRate;
    float momentum;   // SGD's and RMSProp's momentum, the others' beta 1
    float weightDecay;
} apus_step_rates;

/// Copies the elements of each source to its target.
apus_status apus_tensors_copy(const apus_tensor _Nonnull *_Nonnull targets,
                              const apus_tensor _Nonnull *_Nonnull sources, size_t count);
/// Multiplies all gradients, in place.
apus_status apus_scale_gradients(const apus_tensor _Nonnull *_Nonnull parameters, size_t count, double factor);
/// Euclidean norm of all gradients together.
apus_status apus_gradient_norm(const apus_tensor _Nonnull *_Nonnull parameters, size_t count, double *norm);
/// SGD with momentum as in PyTorch; clips gradients to `maximumNorm` where it is positive and returns the norm before
/// it. A gradient norm that is not finite leaves parameters and state as they are. Gradients are released.
apus_status apus_sgd_step(const apus_tensor _Nonnull *_Nonnull parameters,
                          const apus_tensor _Nonnull *_Nonnull momenta, const apus_step_rates *rates, size_t count,
                          bool nesterov, double maximumNorm, double *norm);
enum apus_adaptive { APUS_ADAM, APUS_ADAMW, APUS_RADAM, APUS_RMSPROP, APUS_LION };
/// A step of an `apus_adaptive` optimizer as PyTorch defines it (Lion as its paper does); `step` counts from 1.
/// `second` is NULL for Lion.
apus_status apus_adaptive_step(int kind, const apus_tensor _Nonnull *_Nonnull parameters,
                               const apus_tensor _Nonnull *_Nonnull first,
                               const apus_tensor _Nonnull *_Nullable second, const apus_step_rates *rates, size_t count,
                               double beta2, double epsilon, int64_t step, double maximumNorm, double *norm);
/// average = decay · average + (1 − decay) · value for floating tensors; other tensors are copied.
apus_status apus_average_step(const apus_tensor _Nonnull *_Nonnull averages,
                              const apus_tensor _Nonnull *_Nonnull values, size_t count, double decay);

// Heads and their losses
/// One labelled box: image index, class, centre and size as fractions of the image. `angle` turns it, in radians,
/// clockwise as seen; only oriented heads look at it.
typedef struct {
    int32_t image;
    int32_t label;
    float centerX, centerY, width, height, angle;
} apus_target;

/// A point as fractions of the image's sides; visibility 0 where nobody marked it.
typedef struct {
    float x, y, visibility;
} apus_keypoint;

/// Where an instance's mask lies, in cells of the prototypes' map, and its first byte: rows of `width`, 1 inside.
typedef struct {
    int32_t left, top, width, height;
    int64_t offset;
} apus_mask_window;

enum apus_head_task { APUS_DETECT, APUS_SEGMENT, APUS_POSE, APUS_OBB };

/// The maps of a v8-style head, level by level: `boxes[i]` [B, 4·bins, H_i, W_i], `scores[i]` [B, C, H_i, W_i],
/// `strides[i]` pixels a cell. `extras[i]` [B, E, H_i, W_i] unless it only detects: E mask coefficients,
/// E / 3 keypoints, or one angle. `prototypes` [B, E, H, W] where it segments.
typedef struct {
    int task;
    size_t levels;
    const float *strides;
    const apus_tensor _Nonnull *_Nonnull boxes;
    const apus_tensor _Nonnull *_Nonnull scores;
    const apus_tensor _Nonnull *_Nullable extras;
    apus_result prototypes;
} apus_head;

/// What a batch shows. Keypoints: `count` times as many as the head gives; windows: `count`.
typedef struct {
    const apus_target *_Nullable targets;
    size_t count;
    const apus_keypoint *_Nullable keypoints;
    size_t keypointCount;
    const apus_mask_window *_Nullable windows;
    size_t windowCount;
    const uint8_t *_Nullable masks;
    size_t maskBytes;
} apus_truths;

typedef struct {
    float boxGain, classGain, distributionGain;
    int32_t candidates;  // anchors a box may claim
    float scorePower, overlapPower;
    float focalGamma;  // 0: plain cross entropy
    const float *_Nullable classWeights;  // NULL: all 1
    size_t classWeightCount;
    float maskGain, keypointGain, visibilityGain;
    const float *_Nullable sigmas;  // each keypoint's spread
    size_t sigmaCount;
} apus_head_settings;

/// What a head's loss is made of, each multiplied by its gain (not by the batch size).
typedef struct {
    float box, classification, distribution, mask, keypoints, visibility;
    int32_t positives;
} apus_loss_parts;

/// Task-aligned assignment, overlap, distribution focal and class loss of a v8-style head, with what its task adds,
/// and all gradients. Returns the scalar Σ parts × B.
apus_result apus_head_loss(const apus_head *head, const apus_truths *truths, const apus_head_settings *settings,
                           apus_loss_parts *parts);
/// The assignment alone: for each image and anchor the index into the targets (-1: background) and the target score.
apus_status apus_head_assignment(const apus_head *head, const apus_truths *truths, const apus_head_settings *settings,
                                 int32_t *assigned, float *targetScores);
/// Decoded predictions [B, 4 + C + E, anchors]: centre x, y, width, height in pixels, sigmoid scores, then mask
/// coefficients, or x, y, sigmoid visibility of each keypoint in pixels, or the angle in radians.
apus_result apus_head_decode(const apus_head *head);

// Losses of image classifiers and coordinate classifiers
/// How much of an image is of a class.
typedef struct {
    int32_t image, label;
    float share;
} apus_class_share;

/// Cross entropy of logits [N, C] and shares, smoothed, weighted by class and made focal, with its gradients. The mean
/// is over the shares' weights, as PyTorch takes it.
apus_result apus_classification_loss(apus_tensor logits, const apus_class_share *_Nullable shares, size_t count,
                                     double smoothing, double focalGamma, const float *_Nullable classWeights,
                                     size_t classWeightCount);
/// Divergence of one axis' logits [N, K, bins] from bell curves around the keypoints' coordinates (fractions of the
/// axis), averaged over marked keypoints; `weights` [N · K] is 0 where nobody marked one. Both distributions are
/// softmaxes of `sharpness` times the curve and the logits.
apus_result apus_coordinate_loss(apus_tensor logits, const float *coordinates, const float *weights, size_t count,
                                 double sigma, double sharpness);

// Groups of processes that train one model together
typedef struct apus_process_group_object *apus_process_group;
typedef struct apus_work_object *apus_work;
typedef struct apus_gradient_reducer_object *apus_gradient_reducer;

typedef struct {
    const char *host;    // where the store is that processes meet at
    uint16_t port;
    bool servesStore;    // whether this process brings the store
    const char *prefix;  // of the group's keys in the store
    int rank, size;
    int device;            // this process's CUDA device, -1 where it computes on the CPU
    double meetingTimeout; // seconds, until all are there
    double timeout;        // seconds, of every later operation
} apus_process_group_settings;

/// Waits for the others. Every process of a group calls its operations in one order. NULL on failure.
apus_process_group _Nullable apus_process_group_make(const apus_process_group_settings *settings);
void apus_process_group_release(apus_process_group group);
/// From here on the calling thread's losses and batch normalizations, where they train, treat the group's parts of a
/// batch as one batch: what they divide by, and batch statistics, are of all. Gradients are to be summed. NULL: alone.
/// What they ask of the others never fails: where a process is gone they compute numbers that mean nothing, and
/// `apus_process_group_check`, like every operation from then on, says why.
void apus_process_group_join(apus_process_group _Nullable group);
/// 0 while the group has all its processes.
apus_status apus_process_group_check(apus_process_group group);
/// Begins to sum `tensor` over the processes, in place. NULL on failure.
apus_work _Nullable apus_process_group_start_sum(apus_process_group group, apus_tensor tensor);
/// Waits for the work and releases it.
apus_status apus_work_finish(apus_work work);
apus_status apus_process_group_sum(apus_process_group group, double *values, size_t count);
/// Gives every process the elements that `root` has.
apus_status apus_process_group_broadcast(apus_process_group group, apus_tensor tensor, int root);
/// What each process gives, as rows of uint8 on `root` (no rows elsewhere); `sizes` [processes] says how many bytes of
/// each row count.
apus_result apus_process_group_gather(apus_process_group group, const void *_Nullable bytes, int64_t count, int root,
                                      int64_t *sizes);
apus_status apus_process_group_barrier(apus_process_group group);

/// Sums the gradients of `parameters` over the processes in buckets of about `bucketBytes`. NULL on failure.
apus_gradient_reducer _Nullable apus_gradient_reducer_make(apus_process_group group,
                                                           const apus_tensor _Nonnull *_Nonnull parameters,
                                                           size_t count, int64_t bucketBytes);
void apus_gradient_reducer_release(apus_gradient_reducer reducer);
size_t apus_gradient_reducer_buckets(apus_gradient_reducer reducer);
/// Buckets whose reduction the last backward pass has begun.
size_t apus_gradient_reducer_started(apus_gradient_reducer reducer);
/// Lets the next backward pass begin to reduce each bucket as soon as all of its gradients are there.
void apus_gradient_reducer_arm(apus_gradient_reducer reducer);
/// Waits until every gradient is the sum over the processes.
apus_status apus_gradient_reducer_finish(apus_gradient_reducer reducer);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
