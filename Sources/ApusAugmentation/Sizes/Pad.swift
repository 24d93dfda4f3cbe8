import ApusConfiguration
import ApusCore

/// Adds so many pixels on each side.
public struct Pad: FramingTransform {
    public static var standardProbability: Double { 1 }

    var padding = Padding()
    public var fill = Fill.zero
    public var maskFill = Fill.zero
    public var border = BorderMode.constant

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var result = padding
        try parameters.value(
            "padding", read: { node throws(ConfigurationError) in result = try Padding(node) }, write: { result.node })
        padding = result
        try parameters.border(&border, fill: &fill, mask: &maskFill)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        padding.frame(of: sample.size)
    }
}

extension Padding {
    /// One number, `[x, y]` or `[left, top, right, bottom]`.
    fileprivate init(_ node: YAMLNode) throws(ConfigurationError) {
        let bounds = 0...16_384
        guard node.elements != nil else {
            let all = try node.integer(in: bounds)
            self.init(left: all, top: all, right: all, bottom: all)
            return
        }
        let sides = try node.integers(count: 2...4, in: bounds)
        switch sides.count {
        case 2: self.init(left: sides[0], top: sides[1], right: sides[0], bottom: sides[1])
        case 4: self.init(left: sides[0], top: sides[1], right: sides[2], bottom: sides[3])
        default: throw node.invalid("expected a number, [x, y] or [left, top, right, bottom]")
        }
    }

    fileprivate var node: YAMLNode { .list([left, top, right, bottom].map(YAMLNode.integer)) }
}
