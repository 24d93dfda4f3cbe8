import Glibc

/// A 3×3 matrix that moves points of the plane, row-major. `a * b` is first `b`, then `a`.
public struct ProjectiveMap: Hashable, Sendable {
    public var elements: [Double]

    public init(_ elements: [Double]) {
        precondition(elements.count == 9, "\(elements.count) elements, expected 3×3")
        self.elements = elements
    }

    public static let identity = ProjectiveMap([1, 0, 0, 0, 1, 0, 0, 0, 1])

    public static func translation(x: Double, y: Double) -> ProjectiveMap {
        ProjectiveMap([1, 0, x, 0, 1, y, 0, 0, 1])
    }

    public static func scaling(x: Double, y: Double) -> ProjectiveMap {
        ProjectiveMap([x, 0, 0, 0, y, 0, 0, 0, 1])
    }

    /// Turns about the origin, counter-clockwise on the screen, and scales.
    public static func rotation(degrees: Double, scale: Double = 1) -> ProjectiveMap {
        let radians = degrees * .pi / 180
        let (cosine, sine) = (scale * cos(radians), scale * sin(radians))
        return ProjectiveMap([cosine, sine, 0, -sine, cosine, 0, 0, 0, 1])
    }

    public static func shear(xDegrees: Double, yDegrees: Double) -> ProjectiveMap {
        ProjectiveMap([1, tan(xDegrees * .pi / 180), 0, tan(yDegrees * .pi / 180), 1, 0, 0, 0, 1])
    }

    public static func perspective(x: Double, y: Double) -> ProjectiveMap {
        ProjectiveMap([1, 0, 0, 0, 1, 0, x, y, 1])
    }

    public static func * (a: ProjectiveMap, b: ProjectiveMap) -> ProjectiveMap {
        ProjectiveMap(
            (0..<9).map { index in
                let (row, column) = (index / 3 * 3, index % 3)
                return a.elements[row] * b.elements[column] + a.elements[row + 1] * b.elements[column + 3]
                    + a.elements[row + 2] * b.elements[column + 6]
            })
    }

    public func callAsFunction(_ point: SIMD2<Float>) -> SIMD2<Float> {
        let (x, y) = (Double(point.x), Double(point.y))
        let w = elements[6] * x + elements[7] * y + elements[8]
        return SIMD2(
            Float((elements[0] * x + elements[1] * y + elements[2]) / w),
            Float((elements[3] * x + elements[4] * y + elements[5]) / w))
    }

    public func callAsFunction(_ point: Point) -> Point {
        let w = elements[6] * point.x + elements[7] * point.y + elements[8]
        return Point(
            (elements[0] * point.x + elements[1] * point.y + elements[2]) / w,
            (elements[3] * point.x + elements[4] * point.y + elements[5]) / w)
    }

    /// The same map between pixel indices, which count from pixels' centres where places count from the corner.
    public var onPixelIndices: ProjectiveMap {
        .translation(x: -0.5, y: -0.5) * self * .translation(x: 0.5, y: 0.5)
    }

    /// The map back, with 1 as its last element (exact zeros before it where the map is affine); `nil` where the map
    /// flattens the plane or sends the origin of its image to infinity.
    public var inverse: ProjectiveMap? {
        let inverse = adjugate
        let determinant = (0..<3).reduce(0) { $0 + inverse.elements[$1] * elements[3 * $1] }
        let last = inverse.elements[8]
        guard determinant.isFinite, abs(determinant) > 1e-12, abs(last) > 1e-12 else { return nil }
        return ProjectiveMap(inverse.elements.map { $0 / last })
    }

    private var adjugate: ProjectiveMap {
        let m = elements
        return ProjectiveMap([
            m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
        ])
    }
}

extension ProjectiveMap: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let elements = try container.decode([Double].self)
        guard elements.count == 9 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(elements.count) elements, expected 3×3")
        }
        self.init(elements)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(elements)
    }
}
