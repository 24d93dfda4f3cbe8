/// A kernel that is widened where an image shrinks, so that every pixel counts.
enum ResamplingFilter {
    case triangle, cubic

    /// How far it reaches, in pixels of an image that is not shrunk.
    var support: Double { self == .triangle ? 1 : 2 }

    func callAsFunction(_ x: Double) -> Double {
        let x = abs(x)
        switch self {
        case .triangle: return x < 1 ? 1 - x : 0
        case .cubic:
            // Keys' cubic with a = −1/2.
            if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        }
    }
}

/// The source pixels of one output pixel and what each counts, in fixed point.
private struct ResamplingTap {
    static let precision: Int32 = 22
    let first: Int
    let weights: [Int32]

    init(_ index: Int, of output: Int, from input: Int, _ filter: ResamplingFilter) {
        let scale = Double(input) / Double(output)
        let stretch = max(scale, 1)
        let center = (Double(index) + 0.5) * scale
        first = max(Int(center - filter.support * stretch + 0.5), 0)
        let end = min(Int(center + filter.support * stretch + 0.5), input)
        let raw = (first..<max(end, first + 1)).map { filter((Double($0) - center + 0.5) / stretch) }
        let sum = raw.reduce(0, +)
        weights = raw.map { value in
            let share = sum == 0 ? 0 : value / sum * Double(1 << ResamplingTap.precision)
            return Int32((share < 0 ? share - 0.5 : share + 0.5).rounded(.towardZero))
        }
    }

    static func taps(_ output: Int, from input: Int, _ filter: ResamplingFilter) -> [ResamplingTap] {
        (0..<output).map { ResamplingTap($0, of: output, from: input, filter) }
    }

    /// The weighted sum of bytes that lie `stride` apart.
    @inline(__always)
    func blend(_ base: UnsafePointer<UInt8>, stride: Int) -> UInt8 {
        var sum = Int32(1) << (Self.precision - 1)
        for (offset, weight) in weights.enumerated() {
            sum &+= Int32(base[(first + offset) * stride]) &* weight
        }
        return UInt8(clamping: sum >> Self.precision)
    }
}

extension Image {
    /// Two passes with bytes between them, along rows and then along columns, as Pillow does.
    func resampled(width: Int, height: Int, _ filter: ResamplingFilter) -> Image {
        let wide = width == self.width ? self : resampledRows(to: width, filter)
        return height == self.height ? wide : wide.resampledColumns(to: height, filter)
    }

    private func resampledRows(to width: Int, _ filter: ResamplingFilter) -> Image {
        let taps = ResamplingTap.taps(width, from: self.width, filter)
        return pixels.withUnsafeBufferPointer { source in
            Image(uninitializedWidth: width, height: height, channels: channels) { output in
                guard let base = source.baseAddress else { return }
                for y in 0..<height {
                    for (x, tap) in taps.enumerated() {
                        for channel in 0..<channels {
                            output[(y * width + x) * channels + channel] = tap.blend(
                                base + y * self.width * channels + channel, stride: channels)
                        }
                    }
                }
            }
        }
    }

    private func resampledColumns(to height: Int, _ filter: ResamplingFilter) -> Image {
        let taps = ResamplingTap.taps(height, from: self.height, filter)
        let stride = width * channels
        return pixels.withUnsafeBufferPointer { source in
            Image(uninitializedWidth: width, height: height, channels: channels) { output in
                guard let base = source.baseAddress else { return }
                for (y, tap) in taps.enumerated() {
                    for offset in 0..<stride { output[y * stride + offset] = tap.blend(base + offset, stride: stride) }
                }
            }
        }
    }
}
