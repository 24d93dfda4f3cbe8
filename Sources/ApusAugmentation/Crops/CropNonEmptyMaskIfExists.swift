import ApusConfiguration
import ApusCore

/// Keeps a part of a size with something of the masks in it; any part where they are empty.
public struct CropNonEmptyMaskIfExists: FramingTransform {
    public static var standardProbability: Double { 1 }

    public var size = ImageSize(square: 256)
    /// Values that count as empty too.
    public var ignoredValues: [Int] = []
    public var ignoredChannels: [Int] = []

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides(&size)
        try parameters.optionalIntegers("ignore_values", &ignoredValues)
        try parameters.optionalIntegers("ignore_channels", &ignoredChannels)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let part = ImageSize(width: min(size.width, sample.size.width), height: min(size.height, sample.size.height))
        let (freeX, freeY) = (sample.size.width - part.width, sample.size.height - part.height)
        let places = occupied(sample.masks)
        guard !places.isEmpty else {
            return CropFrame(x: stream.integer(0...freeX), y: stream.integer(0...freeY), size: part)
        }
        let place = places[stream.index(below: places.count)]
        let x = place % sample.size.width - stream.index(below: part.width)
        let y = place / sample.size.width - stream.index(below: part.height)
        return CropFrame(x: x.clamped(to: 0...freeX), y: y.clamped(to: 0...freeY), size: part)
    }

    /// The pixels, by their index, that some mask has a value in.
    private func occupied(_ masks: [SampleMask]) -> [Int] {
        guard let pixels = masks.first.map({ $0.raster.width * $0.raster.height }) else { return [] }
        var isOccupied = [Bool](repeating: false, count: pixels)
        for mask in masks where mask.raster.width * mask.raster.height == pixels {
            let channels = (0..<mask.raster.channels).filter { !ignoredChannels.contains($0) }
            mask.raster.read(
                uint8: { mark($0, channels, of: mask.raster.channels, &isOccupied) },
                float32: { mark($0, channels, of: mask.raster.channels, &isOccupied) })
        }
        return isOccupied.indices.filter { isOccupied[$0] }
    }

    private func mark<Value: Numeric & Comparable>(
        _ values: UnsafeBufferPointer<Value>, _ channels: [Int], of count: Int, _ isOccupied: inout [Bool]
    ) {
        let empty = [Value.zero] + ignoredValues.compactMap { Value(exactly: $0) }
        for pixel in isOccupied.indices {
            for channel in channels where !empty.contains(values[pixel * count + channel]) { isOccupied[pixel] = true }
        }
    }
}

extension Parameters {
    /// A list of whole numbers; `null` in the file is an empty one.
    mutating func optionalIntegers(_ key: String, _ value: inout [Int]) throws(ConfigurationError) {
        try self.value(
            key, &value,
            read: { node throws(ConfigurationError) in
                node.isNull ? [] : try node.integers(count: 0...4096, in: -(1 << 31)...(1 << 31))
            },
            write: { $0.isEmpty ? .nothing : .list($0.map(YAMLNode.integer)) })
    }
}
