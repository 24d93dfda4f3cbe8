import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// Grey, in as many channels as wanted. One channel stays as it is; what needs RGB leaves other images alone.
public struct ToGray: PixelTransform {
    public enum Method: String, CaseIterable, Codable, Sendable {
        /// The weights of BT.601.
        case weightedAverage = "weighted_average"
        /// CIE Lab's lightness; floats go through bytes.
        case fromLab = "from_lab"
        /// Half of the largest plus the smallest channel.
        case desaturation
        case average
        case max
        /// The strongest principal component, from its least to its largest.
        case pca
    }

    public var channels = 3
    public var method = Method.weightedAverage

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.integer("num_output_channels", &channels, in: 1...64)
        try parameters.choice("method", &method)
    }

    public func channels(after channels: Int) -> Int? {
        channels == 1 ? 1 : takes(channels) ? self.channels : nil
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> NoDraw? {
        takes(sample.image.channels) ? NoDraw() : nil
    }

    private func takes(_ channels: Int) -> Bool {
        channels == 3 || (2...64).contains(channels) && [.desaturation, .average, .max, .pca].contains(method)
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        guard takes(image.channels) else { return }
        image = grey(image).repeated(channels: channels)
    }

    private func grey(_ image: Raster) -> Raster {
        switch method {
        case .weightedAverage: image.weightedGrey()
        case .fromLab: image.lightness()
        case .desaturation: image.reduced(APUS_GREY_DESATURATION)
        case .average: image.reduced(APUS_GREY_AVERAGE)
        case .max: image.reduced(APUS_GREY_MAXIMUM)
        case .pca: image.strongestComponent()
        }
    }
}

extension Raster {
    fileprivate func weightedGrey() -> Raster {
        mapped(
            channels: 1, uint8: { apus_grey_bytes($0.baseAddress, pixelCount, $1.baseAddress) },
            float32: { apus_grey_floats($0.baseAddress, pixelCount, $1.baseAddress) })
    }

    fileprivate func lightness() -> Raster {
        var image = self
        image.asBytes { $0 = OpenCV.map($0, channels: 1) { apus_cv_lightness($0, $1) } }
        return image
    }

    fileprivate func reduced(_ method: apus_grey_method) -> Raster {
        mapped(
            channels: 1,
            uint8: { apus_reduce_bytes($0.baseAddress, pixelCount, Int32(channels), method, $1.baseAddress) },
            float32: { apus_reduce_floats($0.baseAddress, pixelCount, Int32(channels), method, $1.baseAddress) })
    }

    /// Each pixel's place along the strongest component, scaled to the whole range. Which end is bright follows the
    /// component's largest weight, which counts as positive.
    fileprivate func strongestComponent() -> Raster {
        let places = principalPlaces()
        let (least, most) = (places.min() ?? 0, places.max() ?? 0)
        let scale = Float(most > least ? 1 / (most - least) : 0)
        let grey = Raster(size: size, channels: 1, float32: places.map { ($0 - least) * scale })
        return isFloat ? grey : grey.inBytes(scale: 255)
    }

    private func principalPlaces() -> [Float] {
        let elements = inFloats(scale: 1).read(uint8: { _ in [Float]() }, float32: Array.init)
        var sums = [Double](repeating: 0, count: channels)
        var products = [Double](repeating: 0, count: channels * channels)
        apus_moments_floats(elements, pixelCount, Int32(channels), &sums, &products)
        let covariance = products.indices.map { index in
            products[index] / Double(pixelCount)
                - sums[index / channels] * sums[index % channels] / Double(pixelCount) / Double(pixelCount)
        }
        let vector = SymmetricMatrix(size: channels, covariance).components()[0].vector.map { Float($0) }
        return (0..<pixelCount).map { pixel in
            vector.indices.reduce(0) { $0 + vector[$1] * elements[pixel * channels + $1] }
        }
    }

    /// The one channel, `channels` times.
    func repeated(channels: Int) -> Raster {
        guard channels > 1 else { return self }
        return mapped(
            channels: channels,
            uint8: { apus_repeat_channel($0.baseAddress, 1, pixelCount, Int32(channels), $1.baseAddress) },
            float32: { apus_repeat_channel($0.baseAddress, 4, pixelCount, Int32(channels), $1.baseAddress) })
    }
}
