#include "Kernels.hpp"

#include <cstdlib>
#include <cstring>

// One source, compiled for each instruction set; the CPU chooses at start.

// The helpers on Lanes are inlined, so how a target passes vectors to functions does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define APUS_KERNEL_TABLE {moments, normSilu, gradientSums, normSiluGradient, softplusSum, maskRow, product}

namespace generic {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
constexpr auto product = nullptr;
const apus::Kernels table = APUS_KERNEL_TABLE;
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
constexpr int64_t widestTile = 1;
#include "ProductKernels.hpp"
constexpr auto product = addProduct;
}
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"), min_vector_width(512))), \
                             apply_to = function)
namespace avx512 {
#include "Lanes.hpp"
#include "LossKernels.hpp"
#include "NormKernels.hpp"
constexpr int64_t widestTile = 4;
#include "ProductKernels.hpp"
constexpr auto product = addProduct;
}
#pragma clang attribute pop
namespace avx2 {
const apus::Kernels table = APUS_KERNEL_TABLE;
}
namespace avx512 {
const apus::Kernels table = APUS_KERNEL_TABLE;
}
#endif

/// Whether LibTorch's own variable, which holds its kernels to fewer instructions, allows these: a way to test all.
static bool allows(const char *instructions) {
    const char *limit = std::getenv("ATEN_CPU_CAPABILITY");
    if (!limit || !std::strcmp(limit, "avx512")) return true;
    return !std::strcmp(limit, "avx2") && !std::strcmp(instructions, "avx2");
}

static const apus::Kernels &chosen() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (allows("avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw")) {
        return avx512::table;
    }
    if (allows("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::table;
#endif
    return generic::table;
}

const apus::Kernels &apus::kernels() {
    static const Kernels &table = chosen();
    return table;
}
