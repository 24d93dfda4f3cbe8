import ApusConfiguration
import ApusCore

/// Keeps the highest bits of each value; floats go through bytes.
public struct Posterize: PixelTransform {
    /// How many bits are kept: a range for all channels, or one for each.
    public var bits = [4...4]

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var result = bits
        try parameters.value(
            "num_bits", read: { node throws(ConfigurationError) in result = try Self.ranges(node) },
            write: {
                let lists = result.map { YAMLNode.list([.integer($0.lowerBound), .integer($0.upperBound)]) }
                return lists.count == 1 ? lists[0] : .list(lists)
            })
        bits = result
    }

    /// A number, a pair, a list of three numbers and more, or a list of pairs.
    private static func ranges(_ node: YAMLNode) throws(ConfigurationError) -> [ClosedRange<Int>] {
        let allowed = 1...7
        guard let elements = node.elements, elements.count > 2 || elements.contains(where: { $0.elements != nil })
        else { return [try node.wholeRange(single: .exactly, in: allowed)] }
        var result: [ClosedRange<Int>] = []
        for element in elements { result.append(try element.wholeRange(single: .exactly, in: allowed)) }
        return result
    }

    /// The bits for each channel, or one number for all.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Int]? {
        let count = sample.image.channels
        guard bits.count == 1 || bits.count == count else { return nil }
        return bits.map { stream.integer($0) }
    }

    public func apply(_ draw: [Int], to image: inout Raster) {
        guard draw.count == 1 || draw.count == image.channels else { return }
        let tables = draw.flatMap { bits in
            (0..<256).map { UInt8($0) & ~UInt8((1 << (8 - min(max(bits, 1), 8))) - 1) }
        }
        image.asBytes { $0.map(tables) { _ in } }
    }
}
