#include "Handle.hpp"
#include "Parallel.hpp"
#include "Uploads.hpp"
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <cstring>

using namespace apus;

at::ScalarType apus::scalarType(int dtype) {
    static constexpr at::ScalarType types[] = {
        at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kByte,
        at::kChar,  at::kShort,  at::kInt,  at::kLong,     at::kBool,
    };
    TORCH_CHECK(dtype >= 0 && dtype < static_cast<int>(std::size(types)), "no element type has the number ", dtype);
    return types[dtype];
}

at::Device apus::device(int index) {
    return index < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

static at::TensorOptions options(int dtype, int deviceIndex) {
    return at::TensorOptions().dtype(scalarType(dtype)).device(device(deviceIndex));
}

apus_result apus_tensor_full(const int64_t *shape, size_t rank, double value, int dtype, int deviceIndex) {
    return guarded([&] { return at::full({shape, rank}, value, options(dtype, deviceIndex)); });
}

apus_result apus_tensor_from_bytes(const void *bytes, const int64_t *shape, size_t rank, int dtype, int deviceIndex) {
    return guarded([&] {
        auto tensor = at::empty({shape, rank}, options(dtype, -1));
        if (tensor.nbytes() > 0) std::memcpy(tensor.mutable_data_ptr(), bytes, tensor.nbytes());
        return deviceIndex < 0 ? tensor : tensor.to(device(deviceIndex));
    });
}

apus_status apus_tensor_copy_to_bytes(apus_tensor handle, void *bytes, size_t byteCount) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto tensor = Borrowed(handle)->detach().to(at::kCPU).contiguous();
        TORCH_CHECK(tensor.nbytes() == byteCount, "the tensor holds ", tensor.nbytes(), " bytes, not ", byteCount);
        if (byteCount > 0) std::memcpy(bytes, tensor.const_data_ptr(), byteCount);
    });
}

apus_status apus_tensor_item(apus_tensor handle, double *value) {
    return guardedStatus([&] { *value = Borrowed(handle)->item().toDouble(); });
}

apus_result apus_tensor_from_pixels(const uint8_t *pixels, int64_t n, int64_t height, int64_t width, int64_t channels,
                                    int deviceIndex) {
    return guarded([&] {
        if (deviceIndex >= 0) return uploadedPixels(pixels, {n, height, width, channels}, device(deviceIndex));
        auto tensor =
            at::empty({n, channels, height, width}, options(APUS_FLOAT32, -1), at::MemoryFormat::ChannelsLast);
        float *output = tensor.mutable_data_ptr<float>();
        parallelRanges(n * height * width * channels, 1 << 15, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; i++) output[i] = static_cast<float>(pixels[i]) / 255.0f;
        });
        return tensor;
    });
}

apus_result apus_tensor_clone(apus_tensor x) {
    return guarded([&] { return Borrowed(x)->clone(); });
}

apus_result apus_tensor_zeros_like(apus_tensor x) {
    return guarded([&] { return at::zeros_like(Borrowed(x)); });
}

apus_status apus_tensor_increment(apus_tensor handle) {
    return guardedStatus([&] {
        Borrowed counter(handle);
        TORCH_CHECK(counter->numel() == 1 && counter->scalar_type() == at::kLong, "a counter is one int64");
        if (counter->is_cpu()) {
            ++*counter->mutable_data_ptr<int64_t>();
        } else {
            counter->add_(1);
        }
    });
}

apus_result apus_tensor_to_device(apus_tensor x, int index) {
    return guarded([&] { return Borrowed(x)->to(device(index)); });
}

apus_status apus_tensor_move(apus_tensor handle, int index) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        const auto tensor = retained(handle);
        if (tensor.device() != device(index)) tensor.set_data(tensor.detach().to(device(index)));
    });
}

apus_result apus_tensor_placeholder(void) {
    static const at::Tensor placeholder = at::full({1, 1, 1, 1}, 0.0);
    return owned(placeholder);
}

apus_result apus_tensor_to_dtype(apus_tensor x, int dtype) {
    return guarded([&] { return Borrowed(x)->to(scalarType(dtype)); });
}

apus_result apus_tensor_contiguous(apus_tensor x, bool channelsLast) {
    return guarded([&] {
        return Borrowed(x)->contiguous(channelsLast ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    });
}

apus_status apus_tensor_assign(apus_tensor target, apus_tensor source) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        Borrowed(target)->copy_(Borrowed(source));
    });
}
