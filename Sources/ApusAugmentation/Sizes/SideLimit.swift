import ApusConfiguration
import ApusCore

/// The sizes that `LongestMaxSize` and `SmallestMaxSize` scale to.
public struct SideLimit: Hashable, Sendable {
    /// For the longest or smallest side, one of them drawn.
    public var sides = [1024]
    /// For each side instead; one of them may be free.
    public var height, width: Int?

    /// The scale that brings each limited side to its limit.
    func scales(of size: ImageSize, side: Int, using stream: inout RandomStream) -> [Double] {
        let limits = [height.map { Double($0) / Double(size.height) }, width.map { Double($0) / Double(size.width) }]
        let given = limits.compactMap { $0 }
        return given.isEmpty ? [Double(sides[stream.index(below: sides.count)]) / Double(side)] : given
    }

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var result = self
        try parameters.value(
            "max_size",
            read: { node throws(ConfigurationError) in
                guard !node.isNull else { return }
                let bounds = 1...32_766
                result.sides =
                    node.elements == nil ? [try node.integer(in: bounds)] : try node.integers(count: 1...64, in: bounds)
            }, write: { result.isBySide ? .nothing : .list(result.sides.map(YAMLNode.integer)) })
        try parameters.value(
            "max_size_hw",
            read: { node throws(ConfigurationError) in
                guard !node.isNull else { return }
                guard let pair = node.elements, pair.count == 2 else { throw node.invalid("expected [height, width]") }
                result.height = pair[0].isNull ? nil : try pair[0].integer(in: 1...32_766)
                result.width = pair[1].isNull ? nil : try pair[1].integer(in: 1...32_766)
            },
            write: {
                let pair = [result.height, result.width].map { $0.map(YAMLNode.integer) ?? .nothing }
                return result.isBySide ? .list(pair) : .nothing
            })
        self = result
    }

    private var isBySide: Bool { height != nil || width != nil }
}

/// Scales to a limit of the sides.
public protocol LimitedSize: FramingTransform {
    var limit: SideLimit { get set }
    var resampling: Resampling { get set }
    var maskResampling: Resampling { get set }
    var areaUse: AreaUse { get set }
}

extension LimitedSize {
    public static var standardProbability: Double { 1 }

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try limit.bind(&parameters)
        // Two properties of a protocol cannot be borrowed at once.
        var (image, mask) = (resampling, maskResampling)
        try parameters.resampling(&image, mask: &mask)
        (resampling, maskResampling) = (image, mask)
        try parameters.areaUse(&areaUse)
    }
}

extension ImageSize {
    /// Scaled, rounded half to even, at least a pixel.
    func scaled(by scale: Double) -> ImageSize {
        func scaled(_ side: Int) -> Int {
            Int((Double(side) * scale).rounded(.toNearestOrEven).clamped(to: 1...32_766))
        }
        return ImageSize(width: scaled(width), height: scaled(height))
    }
}
