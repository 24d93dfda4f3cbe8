// dW[o, ky, kx, i] = Σ dy[pixel, o] · x[pixel at (ky, kx), i]. In NHWC order the inputs under a row of the kernel lie
// beside each other, so that each ky is one product of tall matrices, and nothing is unfolded.
#include "WeightGradient.hpp"
#include "ChannelRange.hpp"
#include "Kernels.hpp"
#include <ATen/ops/empty.h>
#include <c10/core/CPUAllocator.h>

using namespace apus;

namespace {

/// Floats of input lines that one block brings, and its pixels: they stay in the nearest caches.
constexpr int64_t floatsPerBlock = 1 << 15;
constexpr int64_t pixelsPerBlock = 128;
/// Pixels that a part sums at least, where it may choose.
constexpr int64_t pixelsPerPart = 1024;
constexpr int64_t outputsPerPart = 16;
/// Sums of all parts together, in floats.
constexpr int64_t largestSums = 1 << 21;

int64_t quotient(int64_t a, int64_t b) { return (a + b - 1) / b; }

struct Geometry {
    ConvolutionSteps steps;
    Rows x, dy;
    int64_t height, width, outHeight, outWidth, lines;

    Geometry(const at::Tensor &x, const at::Tensor &dy, ConvolutionSteps steps)
        : steps(steps), x(x), dy(dy), height(x.size(2)), width(x.size(3)), outHeight(dy.size(2)), outWidth(dy.size(3)),
          lines(dy.size(0) * dy.size(2)) {}
    /// Inputs under a row of the kernel, and as many Lanes as hold them.
    int64_t inputs() const { return steps.kernel * x.channels; }
    int64_t paddedInputs() const { return quotient(inputs(), 16) * 16; }
    /// Floats of one output's sums.
    int64_t sumsOfOutput() const { return steps.kernel * paddedInputs(); }
    /// Whether the kernels may read `x` where it lies.
    bool isDirect() const { return steps.kernel == 1 && steps.padding == 0 && x.channels % 16 == 0; }
    int64_t lineFloats() const { return (width + 2 * steps.padding) * x.channels; }
    int64_t linesPerBlock() const {
        const int64_t byMemory = floatsPerBlock / (lineFloats() * steps.stride);
        return std::clamp<int64_t>(byMemory, 1, quotient(pixelsPerBlock, outWidth));
    }
};

/// What is summed apart: ranges of output lines times ranges of outputs.
struct Partition {
    int64_t lineParts, outputParts;

    explicit Partition(const Geometry &g) {
        const int64_t wanted = std::max<int64_t>(16, 2 * at::get_num_threads());
        const int64_t byPixels = quotient(g.lines * g.outWidth, pixelsPerPart);
        const int64_t byMemory = std::max<int64_t>(1, largestSums / (g.dy.channels * g.sumsOfOutput()));
        lineParts = std::min({wanted, byPixels, byMemory, g.lines});
        outputParts = std::min(quotient(wanted, lineParts), quotient(g.dy.channels, outputsPerPart));
    }
    int64_t count() const { return lineParts * outputParts; }
};

/// The input lines under a block of output lines, padded by zeros, and where each output line finds its own.
class Block {
public:
    explicit Block(const Geometry &g) : g_(g) {
        if (!g.isDirect()) copy_ = c10::GetCPUAllocator()->allocate(copiedFloats() * sizeof(float));
    }

    PixelLines take(int64_t first, int64_t end, int64_t output) {
        x_.clear();
        y_.clear();
        float *copy = static_cast<float *>(copy_.get());
        for (int64_t line = first; line < end;) {
            const int64_t last = std::min(end, (line / g_.outHeight + 1) * g_.outHeight);
            copy = takeImage(line, last, copy);
            line = last;
        }
        for (int64_t line = first; line < end; line++) y_.push_back(g_.dy.row(line * g_.outWidth) + output);
        return {x_.data(), y_.data(), end - first, g_.outWidth, 0, g_.steps.stride * g_.x.channels, g_.dy.stride};
    }

private:
    /// Each image brings its kernel's height beyond the stride; the last pixel is read as whole Lanes.
    size_t copiedFloats() const {
        const int64_t count = g_.linesPerBlock(), images = count / g_.outHeight + 2;
        return (count * g_.steps.stride + images * g_.steps.kernel) * g_.lineFloats() + 16;
    }

    /// Output lines of one image; returns where the next image's lines may go.
    float *takeImage(int64_t first, int64_t end, float *copy) {
        const int64_t image = first / g_.outHeight, top = first % g_.outHeight * g_.steps.stride - g_.steps.padding;
        const int64_t lineFloats = g_.lineFloats(), step = g_.steps.stride * lineFloats;
        const float *start = g_.isDirect() ? g_.x.row((image * g_.height + top) * g_.width) : copy;
        for (int64_t line = first; line < end; line++) x_.push_back(start + (line - first) * step);
        if (g_.isDirect()) return copy;
        const int64_t count = (end - first - 1) * g_.steps.stride + g_.steps.kernel;
        for (int64_t line = 0; line < count; line++, copy += lineFloats) copyLine(image, top + line, copy);
        return copy;
    }

    void copyLine(int64_t image, int64_t line, float *to) const {
        const int64_t channels = g_.x.channels, margin = g_.steps.padding * channels;
        if (line < 0 || line >= g_.height) {
            std::fill_n(to, g_.lineFloats(), 0.0f);
            return;
        }
        std::fill_n(to, margin, 0.0f);
        to += margin;
        std::memcpy(to, g_.x.row((image * g_.height + line) * g_.width), g_.width * channels * sizeof(float));
        std::fill_n(to + g_.width * channels, margin, 0.0f);
    }

    const Geometry &g_;
    std::vector<const float *> x_, y_;
    at::DataPtr copy_;
};

/// The sums [outputs, k, padded inputs] of the output lines `first..<end`, of the outputs `output..<lastOutput`.
void sum(const Geometry &g, int64_t first, int64_t end, int64_t output, int64_t lastOutput, float *sums) {
    const int64_t stride = g.sumsOfOutput(), step = g.linesPerBlock();
    std::fill_n(sums + output * stride, (lastOutput - output) * stride, 0.0f);
    Block block(g);
    for (int64_t line = first; line < end; line += step) {
        auto lines = block.take(line, std::min(end, line + step), output);
        for (int64_t ky = 0; ky < g.steps.kernel; ky++) {
            lines.xOffset = ky * g.lineFloats();
            kernels().addProduct(lines, g.paddedInputs(), lastOutput - output,
                                 sums + output * stride + ky * g.paddedInputs(), stride);
        }
    }
}

/// Adds the parts of each row of the kernel, in their order, into the weight's own layout.
void gather(const Geometry &g, const float *sums, int64_t parts, float *weight) {
    const int64_t inputs = g.inputs(), padded = g.paddedInputs(), rows = g.dy.channels * g.steps.kernel;
    eachRow(rows, inputs * parts, [&](int64_t row) {
        float *to = weight + row * inputs;
        std::memcpy(to, sums + row * padded, inputs * sizeof(float));
        for (int64_t part = 1; part < parts; part++) {
            const float *from = sums + (part * rows + row) * padded;
            for (int64_t i = 0; i < inputs; i++) to[i] += from[i];
        }
    });
}

} // namespace

bool apus::isWeightGradientFast(int64_t inputs, int64_t kernel) {
    return kernels().addProduct && 4 * kernel * inputs >= 3 * quotient(kernel * inputs, 16) * 16;
}

at::Tensor apus::weightGradient(const at::Tensor &x, const at::Tensor &dy, ConvolutionSteps steps) {
    const Geometry g(x, dy, steps);
    const Partition partition(g);
    const int64_t outputs = g.dy.channels, sumsOfPart = outputs * g.sumsOfOutput();
    const auto sums = at::empty({partition.lineParts, sumsOfPart}, x.options());
    float *all = sums.mutable_data_ptr<float>();
    const auto share = [](int64_t whole, int64_t part, int64_t parts) { return whole * part / parts; };
    parallelParts(partition.count(), [&](int64_t part) {
        const int64_t lines = part / partition.outputParts, some = part % partition.outputParts;
        sum(g, share(g.lines, lines, partition.lineParts), share(g.lines, lines + 1, partition.lineParts),
            share(outputs, some, partition.outputParts), share(outputs, some + 1, partition.outputParts),
            all + lines * sumsOfPart);
    });
    auto weight = at::empty({outputs, g.x.channels, steps.kernel, steps.kernel}, x.options(),
                            at::MemoryFormat::ChannelsLast);
    gather(g, all, partition.lineParts, weight.mutable_data_ptr<float>());
    return weight;
}
