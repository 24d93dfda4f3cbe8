import ApusVision

/// Pixels in rows, channels interleaved: bytes, or floats of any range (0 to 1 by custom), of 1 channel or more.
///
/// An image of a sample, or a mask. Copies share their elements until one of them is written.
public struct Raster: Hashable, Sendable {
    /// `height × width × channels` elements.
    public enum Storage: Hashable, Sendable {
        case uint8([UInt8])
        case float32([Float])
    }

    public let size: ImageSize
    public let channels: Int
    public private(set) var storage: Storage

    public init(size: ImageSize, channels: Int, uint8 elements: [UInt8]) {
        Self.check(elements.count, size, channels)
        (self.size, self.channels, storage) = (size, channels, .uint8(elements))
    }

    public init(size: ImageSize, channels: Int, float32 elements: [Float]) {
        Self.check(elements.count, size, channels)
        (self.size, self.channels, storage) = (size, channels, .float32(elements))
    }

    private static func check(_ count: Int, _ size: ImageSize, _ channels: Int) {
        precondition(
            count == size.width * size.height * channels && channels > 0 && size.width > 0 && size.height > 0,
            "\(count) elements, expected \(size)×\(channels), none of them 0")
    }

    public var width: Int { size.width }
    public var height: Int { size.height }
    public var count: Int { width * height * channels }

    public var isFloat: Bool {
        if case .float32 = storage { true } else { false }
    }

    /// The element that stands for full intensity: 255 of bytes, 1 of floats.
    public var maximum: Double { isFloat ? 1 : 255 }

    /// How many bytes a pixel has, over all its channels.
    public var pixelBytes: Int { channels * (isFloat ? MemoryLayout<Float>.size : 1) }
}

// MARK: - Reading

extension Raster {
    /// What the body for this kind of elements says.
    public func read<Result>(
        uint8: (UnsafeBufferPointer<UInt8>) throws -> Result, float32: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        switch storage {
        case .uint8(let elements): try elements.withUnsafeBufferPointer(uint8)
        case .float32(let elements): try elements.withUnsafeBufferPointer(float32)
        }
    }

    /// What the body says of the elements' bytes, whatever their kind.
    public func readBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try read(uint8: { try body(UnsafeRawBufferPointer($0)) }, float32: { try body(UnsafeRawBufferPointer($0)) })
    }

    /// The element at a place, as it is.
    public subscript(x: Int, y: Int, channel: Int) -> Double {
        let index = (y * width + x) * channels + channel
        return switch storage {
        case .uint8(let elements): Double(elements[index])
        case .float32(let elements): Double(elements[index])
        }
    }
}

// MARK: - Writing in place

extension Raster {
    /// Lets the body for this kind of elements write them where they lie; they are copied before where others share
    /// them.
    public mutating func modify(
        uint8: (UnsafeMutableBufferPointer<UInt8>) -> Void, float32: (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        // Taken out of the enumeration meanwhile, so that nothing else holds the array.
        switch storage {
        case .uint8(var elements):
            storage = .uint8([])
            elements.withUnsafeMutableBufferPointer { uint8($0) }
            storage = .uint8(elements)
        case .float32(var elements):
            storage = .float32([])
            elements.withUnsafeMutableBufferPointer { float32($0) }
            storage = .float32(elements)
        }
    }

    /// Lets `body` write the elements' bytes where they lie, whatever their kind: what flips and fillings need.
    public mutating func modifyBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        modify(
            uint8: { body(UnsafeMutableRawBufferPointer($0)) }, float32: { body(UnsafeMutableRawBufferPointer($0)) })
    }
}

// MARK: - Making another

extension Raster {
    /// A raster of the same kind, every element of which the body writes: `body(source, destination)`.
    public func mapped(
        to size: ImageSize? = nil, channels: Int? = nil,
        uint8: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Void,
        float32: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Raster {
        let (size, channels) = (size ?? self.size, channels ?? self.channels)
        return read(
            uint8: { from in Raster(size: size, channels: channels, uint8: { uint8(from, $0) }) },
            float32: { from in Raster(size: size, channels: channels, float32: { float32(from, $0) }) })
    }

    /// The same over bytes, whatever the elements are: what crops, paddings and transpositions need.
    public func mappedBytes(
        to size: ImageSize, _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
    ) -> Raster {
        mapped(
            to: size, uint8: { body(UnsafeRawBufferPointer($0), UnsafeMutableRawBufferPointer($1)) },
            float32: { body(UnsafeRawBufferPointer($0), UnsafeMutableRawBufferPointer($1)) })
    }

    /// Bytes that `fill` writes, every one.
    public init(size: ImageSize, channels: Int, uint8 fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        self.init(size: size, channels: channels, uint8: Self.array(size, channels, fill))
    }

    /// Floats that `fill` writes, every one.
    public init(size: ImageSize, channels: Int, float32 fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
        self.init(size: size, channels: channels, float32: Self.array(size, channels, fill))
    }

    private static func array<Element>(
        _ size: ImageSize, _ channels: Int, _ fill: (UnsafeMutableBufferPointer<Element>) -> Void
    ) -> [Element] {
        let count = size.width * size.height * channels
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}
