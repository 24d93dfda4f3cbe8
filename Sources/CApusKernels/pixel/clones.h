// How the pixel kernels are compiled: plain C that the compiler vectorizes, once for each x86-64 level, chosen at load.
#ifndef APUS_PIXEL_CLONES_H
#define APUS_PIXEL_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define APUS_CLONES
#endif

// For the few kernels written with vectors of 64 bytes: a name for each level, of which the caller chooses.
#if defined(__x86_64__) && defined(__linux__)
#define APUS_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512cd,fma"), min_vector_width(512)))
#define APUS_MIDDLE __attribute__((target("avx2,fma,f16c,bmi,bmi2,lzcnt,movbe")))
#define APUS_HAS_WIDE (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
#define APUS_HAS_MIDDLE (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#else
#define APUS_WIDE
#define APUS_MIDDLE
#define APUS_HAS_WIDE 0
#define APUS_HAS_MIDDLE 0
#endif

/// Defines `name` in three levels out of the inlined function `body`; `parameters` and `arguments` are in parentheses.
#define APUS_LEVELS(name, body, parameters, arguments)                                                                 \
    void name parameters;                                                                                              \
    APUS_WIDE static void name##_wide parameters { body arguments; }                                                   \
    APUS_MIDDLE static void name##_middle parameters { body arguments; }                                               \
    static void name##_plain parameters { body arguments; }                                                            \
    void name parameters {                                                                                             \
        if (APUS_HAS_WIDE) name##_wide arguments;                                                                      \
        else if (APUS_HAS_MIDDLE) name##_middle arguments;                                                             \
        else name##_plain arguments;                                                                                   \
    }

/// Takes part in the clone that calls it.
#define APUS_INLINE static inline __attribute__((always_inline))

APUS_INLINE float apus_clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

APUS_INLINE int apus_clamp_int(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

/// Cut to a whole number from 0 to 255.
APUS_INLINE unsigned char apus_cut_byte(float x) { return (unsigned char)(int)apus_clamp(x, 0, 255); }

/// Rounded, halves to even, to 0 to 255. Added to 1.5·2²³, a number's last bits are those of the rounded number.
APUS_INLINE unsigned char apus_round_byte(float x) {
    const union { float value; unsigned bits; } sum = {apus_clamp(x, 0, 255) + 12582912.0f};
    return (unsigned char)sum.bits;
}

#endif
