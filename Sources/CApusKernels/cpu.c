#include "internal.h"

apus_cpu apus_best_cpu(void) {
#if defined(__x86_64__)
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                         && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (has_avx2) return has_avx512 ? APUS_AVX512 : APUS_AVX2;
#endif
    return APUS_GENERIC;
}
