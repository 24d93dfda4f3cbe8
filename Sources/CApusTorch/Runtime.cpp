#include "Handle.hpp"
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <new>
#include <torch/version.h>

namespace {

thread_local std::string lastError;
thread_local bool lacksMemory = false;  // the last failure
thread_local bool isWatching = false, isExhausted = false;
thread_local size_t watchedParts = 0;
thread_local bool fused = true;

void note(const char *message, bool isMemory) {
    lastError = message;
    lacksMemory = isMemory;
    if (isMemory && isWatching) isExhausted = true;
}

} // namespace

void apus::recordMessage(const std::string &message) noexcept { note(message.c_str(), false); }

void apus::recordException() noexcept {
    try {
        throw;
    } catch (const c10::OutOfMemoryError &error) {
        note(error.what_without_backtrace(), true);
    } catch (const c10::Error &error) {
        note(error.what_without_backtrace(), false);
    } catch (const std::bad_alloc &) {
        note("the system gives no more memory", true);
    } catch (const std::exception &error) {
        note(error.what(), false);
    } catch (...) {
        note("an unknown C++ exception", false);
    }
}

bool apus::usesFused() noexcept { return fused; }
void apus_torch_set_fused(bool enabled) { fused = enabled; }

size_t apus::watchedPart() noexcept { return isWatching ? watchedParts : 0; }
bool apus_torch_lacks_memory(void) { return lacksMemory; }
bool apus_torch_is_exhausted(void) { return isExhausted; }
void apus_torch_watch_memory(bool enabled) {
    isWatching = enabled;
    watchedParts += enabled;
    isExhausted = false;
}

const char *apus_torch_last_error(void) { return lastError.c_str(); }
const char *apus_torch_version(void) { return TORCH_VERSION; }

const char *apus_torch_cpu_capability(void) {
    static const std::string capability = at::get_cpu_capability();
    return capability.c_str();
}

void apus_torch_set_threads(int count) {
    // A thread's first computation takes over what any thread has set last; from then on its number is its own.
    (void)at::get_num_threads();
    at::set_num_threads(count);
}
int apus_torch_threads(void) { return at::get_num_threads(); }
void apus_torch_seed(uint64_t seed) {
    (void)apus::guardedStatus([&] { at::manual_seed(seed); });
}

bool apus_torch_gradients_enabled(void) { return c10::GradMode::is_enabled(); }
void apus_torch_set_gradients_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }
