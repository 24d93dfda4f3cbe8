#include "Uploads.hpp"
#include "Parallel.hpp"
#include <ATen/ops/empty.h>
#include <c10/core/StreamGuard.h>
#include <cstring>
#include <map>
#include <mutex>

using namespace apus;

namespace {

using DeviceGuards = c10::impl::VirtualGuardImpl;

/// The stream that copies to a device go through.
c10::Stream copyStream(const DeviceGuards &guards, at::Device device) {
    static std::mutex mutex;
    static std::map<int, c10::Stream> streams;
    std::lock_guard lock(mutex);
    const auto found = streams.find(device.index());
    if (found != streams.end()) return found->second;
    return streams.emplace(device.index(), guards.getStreamFromGlobalPool(device, true)).first->second;
}

at::Tensor pinned(const uint8_t *pixels, at::IntArrayRef shape) {
    auto host = at::empty(shape, at::TensorOptions().dtype(at::kByte).pinned_memory(true));
    auto *target = static_cast<uint8_t *>(host.mutable_data_ptr());
    parallelRanges(host.numel(), 1 << 20,
                   [&](int64_t begin, int64_t end) { std::memcpy(target + begin, pixels + begin, end - begin); });
    return host;
}

/// Runs `work` on the device's copy stream; what it returns is there, and may be used on the current stream.
template <class Work> at::Tensor besideCompute(at::Device device, const Work &work) {
    const DeviceGuards guards(device.type());
    const c10::Stream compute = guards.getStream(device), side = copyStream(guards, device);
    at::Tensor result;
    {
        const c10::StreamGuard on(side);
        result = work();
    }
    guards.synchronizeStream(side);
    result.record_stream(compute);
    return result;
}

} // namespace

at::Tensor apus::uploaded(const at::Tensor &host, at::Device device) {
    if (device.is_cpu()) return host;
    return besideCompute(device, [&] { return host.pin_memory().to(device, /*non_blocking=*/true); });
}

at::Tensor apus::uploadedPixels(const uint8_t *pixels, at::IntArrayRef shape, at::Device device) {
    const auto host = pinned(pixels, shape);
    return besideCompute(device, [&] {
        // A permuted view of NHWC memory is channels_last.
        return host.to(device, /*non_blocking=*/true).permute({0, 3, 1, 2}).to(at::kFloat).div_(255.0);
    });
}
