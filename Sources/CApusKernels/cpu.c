#include "internal.h"

apus_cpu apus_best_cpu(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return APUS_AVX2;
#endif
    return APUS_GENERIC;
}
