import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Moves the image's corners inwards at random, as if seen from elsewhere.
public struct Perspective: PlaneTransform {
    /// The standard deviation of a corner's move, in fractions of the sides.
    public var scale = 0.05...0.1
    /// Whether the result has the image's size, not that of the part in sight.
    public var keepsSize = true
    /// Whether the whole image stays in sight.
    public var fitsOutput = false
    public var look = PlaneLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("scale", &scale, single: .upTo(0), in: 0...10)
        try parameters.flag("keep_size", &keepsSize)
        try parameters.flag("fit_output", &fitsOutput)
        try look.bind(&parameters)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> PlaneWarp? {
        let (size, deviation) = (sample.size, stream.uniform(scale))
        func inset() -> Double { fmod(abs(stream.normal() * deviation), 0.32) }
        let insets = (0..<4).map { _ in Point(inset(), inset()) }
        let extent = Point(Double(size.width), Double(size.height))
        let corners = [
            insets[0], Point(1 - insets[1].x, insets[1].y), 1 - insets[2], Point(insets[3].x, 1 - insets[3].y),
        ].map { $0 * extent }
        return warp(of: size, corners: corners)
    }

    /// The four places, clockwise from the upper left, that become the image's corners.
    func warp(of size: ImageSize, corners: [Point]) -> PlaneWarp? {
        func distance(_ a: Int, _ b: Int) -> Double {
            let difference = corners[a] - corners[b]
            return max(hypot(difference.x, difference.y), 2)
        }
        guard var map = ProjectiveMap(from: corners, to: size.corners) else { return nil }
        var seen = ImageSize(
            width: Int(max(distance(0, 1), distance(2, 3))), height: Int(max(distance(1, 2), distance(3, 0))))
        if fitsOutput {
            guard let whole = Self.fitted(map, size) else { return nil }
            (map, seen) = whole
        }
        // The matrix is told in places but used on pixel indices, as Albumentations does.
        let drawn = ProjectiveMap.translation(x: 0.5, y: 0.5) * map * .translation(x: -0.5, y: -0.5)
        guard keepsSize else { return PlaneWarp(map: drawn, outputSize: seen.bounded) }
        let scaling = ProjectiveMap.scaling(
            x: Double(size.width) / Double(seen.width), y: Double(size.height) / Double(seen.height))
        let scaled = ProjectiveMap.translation(x: 0.5, y: 0.5) * scaling * map * .translation(x: -0.5, y: -0.5)
        return PlaneWarp(map: scaled, outputSize: size)
    }

    /// The map to whole pixels that shows all of the image.
    private static func fitted(_ map: ProjectiveMap, _ size: ImageSize) -> (ProjectiveMap, ImageSize)? {
        let corners = size.corners.map { map($0) }
        let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }
        let moved = corners.map { corner in
            Point((corner.x - low.x).rounded(.toNearestOrEven), (corner.y - low.y).rounded(.toNearestOrEven))
        }
        let high = moved.reduce(moved[0]) { pointwiseMax($0, $1) }
        guard high.x.isFinite, high.y.isFinite, let map = ProjectiveMap(from: size.corners, to: moved) else {
            return nil
        }
        let seen = ImageSize(
            width: Int(high.x.clamped(to: 1...32_766)), height: Int(high.y.clamped(to: 1...32_766)))
        return (map, seen.bounded)
    }
}

extension ProjectiveMap {
    /// The map that takes four points, clockwise, to four others; `nil` where three of them lie in a line.
    init?(from: [Point], to: [Point]) {
        guard let source = Self.onto(from), let target = Self.onto(to), let back = source.inverse else { return nil }
        let map = target * back
        let last = map.elements[8]
        guard map.isFinite, abs(last) > 1e-12 else { return nil }
        self.init(map.elements.map { $0 / last })
    }

    /// From the unit square: Heckbert, *Fundamentals of Texture Mapping and Image Warping*, 1989.
    private static func onto(_ corners: [Point]) -> ProjectiveMap? {
        guard corners.count == 4 else { return nil }
        let (a, b, c, d) = (corners[0], corners[1], corners[2], corners[3])
        let (right, down, rest) = (b - c, d - c, a - b + c - d)
        let determinant = right.x * down.y - right.y * down.x
        guard abs(determinant) > 1e-12 else { return nil }
        let g = (rest.x * down.y - rest.y * down.x) / determinant
        let h = (right.x * rest.y - right.y * rest.x) / determinant
        let (x, y) = (b - a + g * b, d - a + h * d)
        return ProjectiveMap([x.x, y.x, a.x, x.y, y.y, a.y, g, h, 1])
    }
}
