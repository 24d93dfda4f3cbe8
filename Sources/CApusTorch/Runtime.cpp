#include "Handle.hpp"
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/GradMode.h>
#include <dlfcn.h>
#include <torch/version.h>

namespace {
thread_local std::string lastError;
}

void apus::recordMessage(const std::string &message) noexcept { lastError = message; }

void apus::recordException() noexcept {
    try {
        throw;
    } catch (const c10::Error &error) {
        lastError = error.what_without_backtrace();
    } catch (const std::exception &error) {
        lastError = error.what();
    } catch (...) {
        lastError = "an unknown C++ exception";
    }
}

const char *apus_torch_last_error(void) { return lastError.c_str(); }
const char *apus_torch_version(void) { return TORCH_VERSION; }

const char *apus_torch_cpu_capability(void) {
    static const std::string capability = at::get_cpu_capability();
    return capability.c_str();
}

void apus_torch_set_threads(int count) { at::set_num_threads(count); }
int apus_torch_threads(void) { return at::get_num_threads(); }
void apus_torch_seed(uint64_t seed) {
    (void)apus::guardedStatus([&] { at::manual_seed(seed); });
}

/// The folder of libtorch_cpu, as the dynamic linker found it.
static std::string libraryFolder() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(&at::get_cpu_capability), &info) || !info.dli_fname) return "";
    std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/') + 1);
}

apus_status apus_torch_load_cuda(void) {
    const std::string path = libraryFolder() + "libtorch_cuda.so";
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) return 0;
    apus::recordMessage(dlerror());
    return 1;
}

int apus_torch_cuda_count(void) {
    int count = 0;
    const auto status = apus::guardedStatus([&] {
        if (at::globalContext().hasCUDA()) count = at::detail::getCUDAHooks().deviceCount();
    });
    return status == 0 ? count : 0;
}

bool apus_torch_gradients_enabled(void) { return c10::GradMode::is_enabled(); }
void apus_torch_set_gradients_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }
