// Mixed precision: LibTorch's own autocasting of matrix products and convolutions.
#include "Handle.hpp"
#include <ATen/autocast_mode.h>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

using namespace apus;

apus_status apus_torch_begin_autocast(int deviceIndex, int dtype) {
    return guardedStatus([&] {
        const auto type = device(deviceIndex).type();
        at::autocast::set_autocast_enabled(type, true);
        at::autocast::set_autocast_dtype(type, scalarType(dtype));
        at::autocast::increment_nesting();
    });
}

void apus_torch_end_autocast(int deviceIndex) {
    // Also where memory has run out: the modes are the thread's.
    const auto type = device(deviceIndex).type();
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(type, false);
}

bool apus_torch_cpu_has_bfloat16(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#elif defined(__aarch64__) && defined(__linux__)
    constexpr unsigned long bfloat16 = 1ul << 14; // HWCAP2_BF16
    return getauxval(AT_HWCAP2) & bfloat16;
#else
    return false;
#endif
}
