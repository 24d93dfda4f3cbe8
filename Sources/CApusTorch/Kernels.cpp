#include "Kernels.hpp"

// One source, compiled for each instruction set; the CPU chooses at start.

// The helpers on Lanes are inlined, so how a target passes vectors to functions does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define APUS_KERNEL_TABLE {moments, normSilu, gradientSums, normSiluGradient, softplusSum}

namespace generic {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
const apus::Kernels table = APUS_KERNEL_TABLE;
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
}
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"), min_vector_width(512))), \
                             apply_to = function)
namespace avx512 {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
}
#pragma clang attribute pop
namespace avx2 {
const apus::Kernels table = APUS_KERNEL_TABLE;
}
namespace avx512 {
const apus::Kernels table = APUS_KERNEL_TABLE;
}
#endif

static const apus::Kernels &chosen() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw")) {
        return avx512::table;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::table;
#endif
    return generic::table;
}

const apus::Kernels &apus::kernels() {
    static const Kernels &table = chosen();
    return table;
}
