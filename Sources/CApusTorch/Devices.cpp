// GPUs: loading LibTorch's CUDA half, what a device is and has, and how exactly it shall compute.
#include "Handle.hpp"
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <cstdlib>
#include <dlfcn.h>

using namespace apus;

namespace {

/// The folder of libtorch_cpu, as the dynamic linker found it.
std::string libraryFolder() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&at::get_cpu_capability), &info) || !info.dli_fname) return "";
    std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/') + 1);
}

/// A function of the CUDA libraries that libtorch_cuda has brought.
template <class Function> Function *cudaFunction(const char *library, const char *name) {
    void *found = dlsym(RTLD_DEFAULT, name);
    if (!found) {
        if (void *opened = dlopen(library, RTLD_NOW)) found = dlsym(opened, name);
    }
    return reinterpret_cast<Function *>(found);
}

} // namespace

apus_status apus_torch_load_cuda(void) {
    const std::string path = libraryFolder() + "libtorch_cuda.so";
    if (!dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
        recordMessage(dlerror());
        return 1;
    }
    // Repeatable matrix products want a workspace of their own, chosen before the first.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    return 0;
}

int apus_torch_cuda_count(void) {
    int count = 0;
    const auto status = guardedStatus([&] {
        if (at::globalContext().hasCUDA()) count = at::detail::getCUDAHooks().deviceCount();
    });
    return status == 0 ? count : 0;
}

apus_status apus_torch_use_cuda(int index) {
    return guardedStatus([&] { at::accelerator::setDeviceIndex(static_cast<c10::DeviceIndex>(index)); });
}

apus_status apus_torch_cuda_memory(int index, size_t *free, size_t *total) {
    return guardedStatus([&] {
        std::tie(*free, *total) = at::accelerator::getMemoryInfo(static_cast<c10::DeviceIndex>(index));
    });
}

apus_status apus_torch_cuda_peak(int index, bool startsAnew, size_t *bytes) {
    return guardedStatus([&] {
        const auto device = static_cast<c10::DeviceIndex>(index);
        if (startsAnew) {
            at::accelerator::emptyCache();
            at::accelerator::resetPeakStats(device);
        }
        const auto stats = at::accelerator::getDeviceStats(device);
        *bytes = static_cast<size_t>(stats.reserved_bytes[0].peak);
    });
}

apus_status apus_torch_empty_cache(void) {
    return guardedStatus([&] {
        if (at::globalContext().hasCUDA()) at::accelerator::emptyCache();
    });
}

apus_status apus_torch_synchronize(int index) {
    return guardedStatus([&] {
        if (index >= 0) at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(index));
    });
}

void apus_torch_cuda_name(int index, char *name, size_t capacity) {
    using GetName = int(char *, int, int);
    if (capacity > 0) name[0] = 0;
    const auto get = cudaFunction<GetName>("libcuda.so.1", "cuDeviceGetName");
    if (get) get(name, static_cast<int>(capacity), index);
}

int apus_torch_cuda_generation(int index) {
    using GetAttribute = int(int *, int, int);
    constexpr int majorOfCapability = 75;
    int major = 0;
    const auto get = cudaFunction<GetAttribute>("libcudart.so.13", "cudaDeviceGetAttribute");
    return get && get(&major, majorOfCapability, index) == 0 ? major : 0;
}

void apus_torch_set_cuda_choices(const apus_cuda_choices *choices) {
    auto &context = at::globalContext();
    (void)guardedStatus([&] {
        context.setAllowTF32CuDNN(choices->tf32);
        context.setAllowTF32CuBLAS(choices->tf32);
        context.setBenchmarkCuDNN(choices->benchmark);
        context.setDeterministicCuDNN(choices->deterministic);
        context.setDeterministicAlgorithms(choices->deterministic, /*warn_only=*/true);
        context.setDeterministicFillUninitializedMemory(false);
    });
}
