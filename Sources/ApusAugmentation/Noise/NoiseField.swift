import ApusCore
import ApusVision
import CApusKernels
import Glibc

/// Random numbers for every pixel, or every element, of an image: a function of a seed. In units of full intensity.
struct NoiseField {
    enum Distribution {
        case uniform(low: Double, high: Double)
        case normal(mean: Double, deviation: Double)
        case laplace(mean: Double, scale: Double)
        /// From `-scale` to `scale`.
        case beta(alpha: Double, beta: Double, scale: Double)
    }

    var distribution: Distribution
    var seed: UInt64

    /// What the kernels know as their own; `nil` for what is made by `numbers`.
    func kernel(scale: Double) -> apus_noise? {
        switch distribution {
        case .uniform(let low, let high): noise(APUS_NOISE_UNIFORM, low * scale, high * scale)
        case .normal(let mean, let deviation): noise(APUS_NOISE_NORMAL, mean * scale, deviation * scale)
        case .laplace(let mean, let spread): noise(APUS_NOISE_LAPLACE, mean * scale, spread * scale)
        case .beta: nil
        }
    }

    private func noise(_ kind: apus_noise_kind, _ a: Double, _ b: Double) -> apus_noise {
        apus_noise(kind: kind, a: Float(a), b: Float(b), key: seed)
    }

    /// The field's first numbers, times `scale`.
    func numbers(_ count: Int, scale: Double) -> [Float] {
        if case .beta(let alpha, let beta, let spread) = distribution {
            var stream = RandomStream(seed: seed)
            return (0..<count).map { _ in
                let (a, b) = (stream.anyGamma(alpha), stream.anyGamma(beta))
                return Float((2 * (a + b > 0 ? a / (a + b) : 0.5) - 1) * spread * scale)
            }
        }
        guard var kernel = kernel(scale: scale) else { return [] }
        return [Float](unsafeUninitializedCapacity: count) {
            apus_noise_fill(&kernel, 0, count, $0.baseAddress)
            $1 = count
        }
    }
}

extension RandomNumberGenerator {
    /// Gamma-distributed with scale 1 and any `shape` above 0.
    fileprivate mutating func anyGamma(_ shape: Double) -> Double {
        guard shape < 1 else { return gamma(shape) }
        return gamma(shape + 1) * pow(1 - uniform(0, 1), 1 / max(shape, 1e-3))
    }
}

extension Raster {
    /// Adds a number to each element, or `isShared` by the channels of a pixel; made for a smaller image and stretched
    /// where `resolution` is below 1.
    mutating func add(_ field: NoiseField, isShared: Bool, resolution: Double) {
        guard resolution >= 1, var noise = field.kernel(scale: maximum) else {
            return add(field: stretched(field, isShared: isShared, resolution: resolution))
        }
        let (pixels, channels) = (pixelCount, Int32(channels))
        modify(
            uint8: { apus_add_noise_bytes($0.baseAddress, pixels, channels, isShared, &noise) },
            float32: { apus_add_noise_floats($0.baseAddress, pixels, channels, isShared, &noise) })
    }

    /// Adds a field in the image's own units: a number for each element, to bytes cut to a whole one.
    mutating func add(field: [Float]) {
        precondition(field.count == count)
        modify(
            uint8: { apus_add_field_bytes($0.baseAddress, field.count, field) },
            float32: { apus_add_field_floats($0.baseAddress, field.count, field) })
    }

    /// A number for each element.
    private func stretched(_ field: NoiseField, isShared: Bool, resolution: Double) -> [Float] {
        let share = min(resolution, 1)
        let (width, height) = (max(1, Int(Double(width) * share)), max(1, Int(Double(height) * share)))
        let drawn = isShared ? 1 : channels
        let small = Raster(
            size: ImageSize(width: width, height: height), channels: drawn,
            float32: field.numbers(width * height * drawn, scale: maximum))
        let whole = small.size == size ? small : small.resampled(to: size, .linear)
        return (isShared ? whole.repeated(channels: channels) : whole).read(uint8: { _ in [] }, float32: Array.init)
    }
}
