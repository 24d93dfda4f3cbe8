import ApusONNX

/// How an output coordinate finds its input, and which elements it takes there.
struct ResizeMethod: Sendable {
    enum Interpolation: String, Sendable { case nearest, linear }

    enum Coordinates: String, Sendable {
        case halfPixel = "half_pixel"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
    }

    enum Rounding: String, Sendable {
        case preferFloor = "round_prefer_floor"
        case preferCeiling = "round_prefer_ceil"
        case floor, ceil
    }

    let interpolation: Interpolation
    let coordinates: Coordinates
    let rounding: Rounding

    init(_ node: Node, opset: Int) throws(GraphError) {
        interpolation = try Self.choose(node, "mode", default: "nearest", ["bilinear": "linear"])
        coordinates = try Self.choose(
            node, "coordinate_transformation_mode", default: opset < 11 ? "asymmetric" : "half_pixel")
        rounding = try Self.choose(node, "nearest_mode", default: opset < 11 ? "floor" : "round_prefer_floor")
        for name in ["exclude_outside", "antialias"] where try node.flag(name, default: false) {
            throw .attributeValue(name, expected: "0", found: "1", node: node.label)
        }
    }

    private static func choose<Choice: RawRepresentable<String>>(
        _ node: Node, _ name: String, default value: String, _ synonyms: [String: String] = [:]
    ) throws(GraphError) -> Choice {
        let found = try node.string(name, default: value)
        guard let choice = Choice(rawValue: synonyms[found] ?? found) else {
            throw .attributeValue(name, expected: "a known value such as \(value)", found: found, node: node.label)
        }
        return choice
    }

    /// The input coordinate of output `place` along an axis.
    func source(of place: Int, from extent: Int, to count: Int, scale: Double) -> Double {
        let x = Double(place)
        switch coordinates {
        case .asymmetric: return x / scale
        case .halfPixel: return (x + 0.5) / scale - 0.5
        case .pytorchHalfPixel: return count > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: return count > 1 ? x * Double(extent - 1) / Double(count - 1) : 0
        }
    }

    /// The element nearest to `coordinate`, within `extent`.
    func nearest(to coordinate: Double, extent: Int) -> Int {
        let index: Double
        switch rounding {
        case .floor: index = coordinate.rounded(.down)
        case .ceil: index = coordinate.rounded(.up)
        case .preferFloor: index = (coordinate - 0.5).rounded(.up)
        case .preferCeiling: index = (coordinate + 0.5).rounded(.down)
        }
        return Int(min(max(index, 0), Double(extent - 1)))
    }
}
