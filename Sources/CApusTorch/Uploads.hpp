// How a batch reaches a GPU.
#pragma once
#include <ATen/core/Tensor.h>

namespace apus {

/// Copies to `device` on a stream of its own, beside what the device computes, and returns once the copy is there.
at::Tensor uploaded(const at::Tensor &host, at::Device device);

/// uint8 pixels [n, height, width, channels], through pinned memory, as a float32 channels_last tensor
/// [n, channels, height, width] of value / 255, computed on the device.
at::Tensor uploadedPixels(const uint8_t *pixels, at::IntArrayRef shape, at::Device device);

} // namespace apus
