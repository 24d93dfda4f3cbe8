import ApusONNX

/// How an output coordinate finds its input, and which elements it takes there.
struct ResizeMethod: Sendable {
    enum Interpolation: String, Sendable { case nearest, linear, cubic }

    enum Coordinates: String, Sendable {
        case halfPixel = "half_pixel"
        case symmetricHalfPixel = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case crop = "tf_crop_and_resize"
        /// As TensorFlow's nearest neighbour; only in opset 11.
        case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
    }

    enum Rounding: String, Sendable {
        case preferFloor = "round_prefer_floor"
        case preferCeiling = "round_prefer_ceil"
        case floor, ceil
    }

    let interpolation: Interpolation
    let coordinates: Coordinates
    /// `nil` before opset 11: down where an axis grows, up where it shrinks.
    let rounding: Rounding?
    /// Whether the filter widens where pixels are lost.
    let antialiases: Bool
    /// Whether what lies outside the image counts for nothing, rather than as the pixel at the edge.
    let excludesOutside: Bool
    let cubicCoefficient: Float
    /// What lies outside the image, for `crop`.
    let extrapolation: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        interpolation = try Self.choose(
            node, "mode", default: "nearest", ["bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"])
        coordinates = try Self.choose(
            node, "coordinate_transformation_mode", default: opset < 11 ? "asymmetric" : "half_pixel")
        rounding = opset < 11 ? nil : try Self.choose(node, "nearest_mode", default: "round_prefer_floor")
        antialiases = try node.flag("antialias", default: false)
        excludesOutside = try node.flag("exclude_outside", default: false)
        cubicCoefficient = try node.float("cubic_coeff_a", default: -0.75)
        extrapolation = try node.float("extrapolation_value", default: 0)
        if antialiases, interpolation == .nearest {
            throw .attributeValue("antialias", expected: "0 for the nearest element", found: "1", node: node.label)
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

    /// The element of `axis` that is nearest to what output `place` is made of.
    func nearest(to place: Int, on axis: ResizeAxis) -> Int {
        let coordinate = axis.source(of: place, coordinates)
        let index: Float
        switch rounding ?? (axis.scale < 1 ? .ceil : .floor) {
        case .floor: index = coordinate.rounded(.down)
        case .ceil: index = coordinate.rounded(.up)
        case .preferFloor:
            let low = coordinate.rounded(.down)
            index = coordinate == low + 0.5 ? low : coordinate.rounded(.toNearestOrAwayFromZero)
        case .preferCeiling: index = coordinate.rounded(.toNearestOrAwayFromZero)
        }
        return index > 0 ? min(Int(min(index, 0x1p31)), axis.extent - 1) : 0
    }
}
