// Bytes as 16-bit numbers, less their zero point, framed with zeros. Include after quantized_vector.h.
#ifndef APUS_QUANTIZED_WIDEN_H
#define APUS_QUANTIZED_WIDEN_H

/// Bytes behind the last pixel that whole vectors may write to.
enum { WIDEN_SLACK = 64 };

/// Writes whole vectors of sixteen: up to fifteen numbers too many.
INLINE void widen_row(const uint8_t *x, int16_t *y, ptrdiff_t count, bool is_signed, int32_t zero) {
    const __m256i zeros = _mm256_set1_epi16((int16_t)zero);
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(x + i));
        const __m256i wide = is_signed ? _mm256_cvtepi8_epi16(bytes) : _mm256_cvtepu8_epi16(bytes);
        _mm256_storeu_si256((__m256i *)(y + i), _mm256_sub_epi16(wide, zeros));
    }
    for (; i < count; i++) y[i] = (int16_t)((is_signed ? (int8_t)x[i] : x[i]) - zero);
}

/// A row of pixels, `channels` numbers each.
INLINE void widen_pixels(const apus_quantized_convolution *c, const uint8_t *x, ptrdiff_t count, ptrdiff_t channels,
                         int16_t *y) {
    if (c->in_stride == channels) {
        widen_row(x, y, count * channels, c->input_is_signed, c->input_zero);
        return;
    }
    for (ptrdiff_t i = 0; i < count; i++, x += c->in_stride, y += channels) {
        widen_row(x, y, c->in_channels, c->input_is_signed, c->input_zero);
        for (ptrdiff_t k = c->in_channels; k < channels; k++) y[k] = 0;
    }
}

/// The rows that `band` sees: `columns` pixels of `channels` numbers each.
INLINE void widen_band(const apus_quantized_convolution *c, apus_band band, ptrdiff_t columns, ptrdiff_t channels,
                       int16_t *target) {
    const ptrdiff_t first = band.first_row * c->stride_y - c->pad_top;
    const ptrdiff_t rows = apus_band_in_rows(c, band.last_row - band.first_row);
    const ptrdiff_t left = apus_min(c->pad_left, columns);
    const ptrdiff_t inside = apus_max(0, apus_min(c->in_width, columns - left));
    for (ptrdiff_t y = first; y < first + rows; y++, target += columns * channels) {
        const size_t pixel = (size_t)channels * sizeof *target;
        if (y < 0 || y >= c->in_height) {
            memset(target, 0, (size_t)columns * pixel);
            continue;
        }
        memset(target, 0, (size_t)left * pixel);
        const uint8_t *row = c->input + (band.image * c->in_height + y) * c->in_width * c->in_stride;
        widen_pixels(c, row, inside, channels, target + left * channels);
        memset(target + (left + inside) * channels, 0, (size_t)(columns - left - inside) * pixel);
    }
}

#endif
