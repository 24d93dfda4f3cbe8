// Colours and mirrored rows with AVX2, and AVX-512 where it has byte permutations; every result equals that of
// generic/image_color.c.
#if defined(__x86_64__)

#include "../include/image_color.h"

#include <immintrin.h>

#include "../generic/image_color.h"

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi")))

/// For each byte of vector `part` of 16 pixels' 48 bytes: which byte of the source it is, or −1.
typedef struct {
    int8_t order[3][3][16];
} byte_orders;

/// `order[channel][part]` takes a channel's bytes out of a part of the interleaved ones.
static const byte_orders splitting = {{
    {{0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13}},
    {{1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14}},
    {{2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15}},
}};

/// `order[part][channel]` puts a channel's bytes into a part of the interleaved ones.
static const byte_orders merging = {{
    {{0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5},
     {-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1},
     {-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1}},
    {{-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1},
     {5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10},
     {-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1}},
    {{-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1},
     {-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1},
     {10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15}},
}};

AVX2 static inline __m128i reordered(const __m128i source[3], const int8_t order[3][16]) {
    __m128i result = _mm_setzero_si128();
    for (int p = 0; p < 3; p++) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)order[p]);
        result = _mm_or_si128(result, _mm_shuffle_epi8(source[p], bytes));
    }
    return result;
}

/// All but the last `count % 16` pixels; `true` splits, `false` merges.
AVX2 static inline size_t interleave(uint8_t *pixels, apus_color_block *block, size_t count, _Bool splits) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i source[3];
        for (size_t p = 0; p < 3; p++) {
            const uint8_t *from = splits ? pixels + 3 * i + 16 * p : block->plane[p] + i;
            source[p] = _mm_loadu_si128((const __m128i *)from);
        }
        for (size_t p = 0; p < 3; p++) {
            uint8_t *to = splits ? block->plane[p] + i : pixels + 3 * i + 16 * p;
            const __m128i bytes = reordered(source, splits ? splitting.order[p] : merging.order[p]);
            _mm_storeu_si128((__m128i *)to, bytes);
        }
    }
    return i;
}

AVX2 static void split(uint8_t *pixels, size_t count, apus_color_block *block) {
    for (size_t i = interleave(pixels, block, count, 1); i < count; i++)
        for (size_t c = 0; c < 3; c++) block->plane[c][i] = pixels[3 * i + c];
}

AVX2 static void merge(apus_color_block *block, size_t count, uint8_t *pixels) {
    for (size_t i = interleave(pixels, block, count, 0); i < count; i++)
        for (size_t c = 0; c < 3; c++) pixels[3 * i + c] = block->plane[c][i];
}

AVX2 static void map_avx2(apus_color_block *block, size_t count, const uint8_t *const tables[3]) {
    apus_block_to_hsv(block, count);
    apus_map_block(block, count, tables);
    apus_block_to_rgb(block, count);
}

/// 64 bytes by a table of 256: the two halves, of which the byte's highest bit takes one.
AVX512 static inline __m512i look_up(const __m512i table[4], __m512i bytes) {
    const __m512i low = _mm512_permutex2var_epi8(table[0], bytes, table[1]);
    const __m512i high = _mm512_permutex2var_epi8(table[2], bytes, table[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), low, high);
}

AVX512 static void map_plane(uint8_t *plane, const uint8_t *table) {
    __m512i parts[4];
    for (int p = 0; p < 4; p++) parts[p] = _mm512_loadu_si512(table + 64 * p);
    for (int i = 0; i < APUS_COLOR_BLOCK; i += 64) {
        _mm512_storeu_si512(plane + i, look_up(parts, _mm512_loadu_si512(plane + i)));
    }
}

/// Works on the whole block, whose bytes beyond `count` mean nothing.
AVX512 static void map_avx512(apus_color_block *block, const uint8_t *const tables[3]) {
    apus_block_to_hsv(block, APUS_COLOR_BLOCK);
    for (int c = 0; c < 3; c++) map_plane(block->plane[c], tables[c]);
    apus_block_to_rgb(block, APUS_COLOR_BLOCK);
}

static _Bool permutes_bytes(void) {
    return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

void apus_map_hsv(
    uint8_t *pixels, size_t count, const uint8_t hue[256], const uint8_t saturation[256], const uint8_t value[256]) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        apus_map_hsv_generic(pixels, count, hue, saturation, value);
        return;
    }
    const uint8_t *const tables[3] = {hue, saturation, value};
    const _Bool is_wide = permutes_bytes();
    apus_color_block block = {0};
    for (size_t begin = 0; begin < count; begin += APUS_COLOR_BLOCK) {
        const size_t size = count - begin < APUS_COLOR_BLOCK ? count - begin : APUS_COLOR_BLOCK;
        split(pixels + 3 * begin, size, &block);
        if (is_wide) map_avx512(&block, tables);
        else map_avx2(&block, size, tables);
        merge(&block, size, pixels + 3 * begin);
    }
}

/// Five pixels in the reverse order, in the first 15 bytes.
AVX2 static inline __m128i reversed(__m128i pixels) {
    return _mm_shuffle_epi8(pixels, _mm_setr_epi8(12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1));
}

AVX2 static void store_five(uint8_t *to, __m128i pixels) {
    _mm_storel_epi64((__m128i *)to, pixels);
    // The second half begins at the eighth byte of fifteen.
    _mm_storel_epi64((__m128i *)(to + 7), _mm_srli_si128(pixels, 7));
}

AVX2 static void mirror_avx2(uint8_t *row, size_t count) {
    uint8_t *left = row, *right = row + 3 * count;
    // Sixteen bytes are loaded of which fifteen are used: the one beside them must be the row's.
    for (; right - left >= 32; left += 15, right -= 15) {
        const __m128i first = _mm_loadu_si128((const __m128i *)left);
        const __m128i last = _mm_srli_si128(_mm_loadu_si128((const __m128i *)(right - 16)), 1);
        store_five(left, reversed(last));
        store_five(right - 15, reversed(first));
    }
    apus_mirror_row_generic(left, (size_t)(right - left) / 3);
}

void apus_mirror_row(uint8_t *row, size_t count) {
    if (__builtin_cpu_supports("avx2")) mirror_avx2(row, count);
    else apus_mirror_row_generic(row, count);
}

#endif
