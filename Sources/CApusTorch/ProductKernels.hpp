// Products yᵀ · x of tall matrices, of which the weight gradients of convolutions are made.
// Included once for each target, inside its namespace, where `widestTile` says how many Lanes a row of a tile has.

/// Outputs of a tile: with `widestTile` Lanes of inputs each they fill the registers.
constexpr int64_t outputsPerTile = 6;

/// Adds Σ y[o] · x[i] over all pixels to `sums` for 16·blocks inputs from `input` on and some outputs from `output` on.
template <int blocks, int outputs>
static void addProductTile(const apus::PixelLines &lines, int64_t input, int64_t output, float *sums, int64_t stride) {
    Lanes total[outputs][blocks];
    for (int o = 0; o < outputs; o++) {
        for (int b = 0; b < blocks; b++) total[o][b] = Lanes(0.0f);
    }
    for (int64_t line = 0; line < lines.count; line++) {
        const float *x = lines.x[line] + lines.xOffset + input, *y = lines.y[line] + output;
        for (int64_t pixel = 0; pixel < lines.pixels; pixel++, x += lines.xStride, y += lines.yStride) {
            Lanes value[blocks];
            for (int b = 0; b < blocks; b++) value[b] = load(x + 16 * b);
            for (int o = 0; o < outputs; o++) {
                const Lanes factor = Lanes(y[o]);
                for (int b = 0; b < blocks; b++) total[o][b] = __builtin_elementwise_fma(value[b], factor, total[o][b]);
            }
        }
    }
    for (int o = 0; o < outputs; o++) {
        for (int b = 0; b < blocks; b++) {
            float *sum = sums + o * stride + 16 * b;
            store(sum, load(sum) + total[o][b]);
        }
    }
}

using ProductTile = void (*)(const apus::PixelLines &, int64_t, int64_t, float *, int64_t);

template <int blocks> static ProductTile productTile(int64_t outputs) {
    static constexpr ProductTile tiles[] = {addProductTile<blocks, 1>, addProductTile<blocks, 2>,
                                            addProductTile<blocks, 3>, addProductTile<blocks, 4>,
                                            addProductTile<blocks, 5>, addProductTile<blocks, 6>};
    return tiles[outputs - 1];
}

static ProductTile productTile(int64_t blocks, int64_t outputs) {
    if constexpr (widestTile == 4) {
        if (blocks == 4) return productTile<4>(outputs);
        if (blocks == 3) return productTile<3>(outputs);
        if (blocks == 2) return productTile<2>(outputs);
    }
    return productTile<1>(outputs);
}

/// The size of the first of pieces as equal as can be, none above `widest`, that `count` divides into.
static int64_t evenPiece(int64_t count, int64_t widest) {
    const int64_t pieces = (count + widest - 1) / widest;
    return (count + pieces - 1) / pieces;
}

/// Adds Σ y[o] · x[i] over all pixels to sums[o · stride + i]; inputs are a multiple of 16.
static void addProduct(const apus::PixelLines &lines, int64_t inputs, int64_t outputs, float *sums, int64_t stride) {
    for (int64_t i = 0, blocks; i < inputs; i += 16 * blocks) {
        blocks = evenPiece((inputs - i) / 16, widestTile);
        for (int64_t o = 0, some; o < outputs; o += some) {
            some = evenPiece(outputs - o, outputsPerTile);
            productTile(blocks, some)(lines, i, o, sums + o * stride + i, stride);
        }
    }
}
