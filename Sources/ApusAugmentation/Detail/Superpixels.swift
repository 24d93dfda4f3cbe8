import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels

/// Replaces some regions of similar colour by their mean. Floats go through bytes.
///
/// Achanta et al., *SLIC Superpixels*, 2012.
public struct Superpixels: PixelTransform {
    /// The share of the regions that are replaced.
    public var share = 0.0...0.1
    public var count = 100...100
    /// The longer side while regions are formed; `nil` for the image's.
    public var largestSide: Int? = 128
    public var interpolation = Resampling.linear

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("p_replace", &share, single: .upTo(0), in: 0...1)
        try parameters.range("n_segments", &count, single: .upTo(1), in: 1...100_000)
        try parameters.integer("max_size", &largestSide, in: 1...65_535)
        try parameters.code("interpolation", &interpolation)
    }

    public struct Draw: Codable, Hashable, Sendable {
        public var count: Int
        /// Which regions are replaced, by number.
        public var replaced: [Int]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let (count, share) = (stream.integer(count), stream.uniform(share))
        let replaced = (0..<count).filter { _ in stream.happens(share) }
        return replaced.isEmpty ? nil : Draw(count: count, replaced: replaced)
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard (1...100_000).contains(draw.count), !draw.replaced.isEmpty else { return }
        var replaced = [UInt8](repeating: 0, count: draw.count)
        for index in draw.replaced where replaced.indices.contains(index) { replaced[index] = 1 }
        image.asBytes { replace(draw.count, replaced, in: &$0) }
    }

    private func replace(_ count: Int, _ replaced: [UInt8], in image: inout Raster) {
        let size = image.size
        var small = reduced(image)
        var labels = [Int32](repeating: 0, count: small.pixelCount)
        small.modifyPixels { pixels in
            let most = apus_superpixels(&pixels, Int32(count), 10, 10, &labels)
            return most > 0 && apus_average_superpixels(&pixels, labels, most, replaced, Int32(count))
        }
        image = small.size == size ? small : small.resampled(to: size, interpolation)
    }

    private func reduced(_ image: Raster) -> Raster {
        let longer = max(image.width, image.height)
        guard let largestSide, longer > largestSide else { return image }
        let scale = Double(largestSide) / Double(longer)
        func scaled(_ side: Int) -> Int { max(Int(Double(side) * scale), 1) }
        return image.resampled(
            to: ImageSize(width: scaled(image.width), height: scaled(image.height)), interpolation)
    }
}
