import Glibc

/// How much two boxes at an angle have in common.
public enum OrientedOverlap: String, Codable, Sendable, CaseIterable {
    /// The area both share over the area either covers.
    case exact
    /// The likeness of the normal distributions that have the boxes' moments: smooth, and never above 0 by distance
    /// alone.
    ///
    /// Llerena et al., *Gaussian Bounding Boxes and Probabilistic Intersection-over-Union*,
    /// <https://arxiv.org/abs/2106.06072>.
    case probabilistic

    /// From 0 to 1; 0 where a box has no area or is not finite.
    public func callAsFunction(_ a: OrientedBox, _ b: OrientedBox) -> Float {
        guard a.area > 0, b.area > 0, a.isFinite, b.isFinite else { return 0 }
        return switch self {
        case .exact: Float(intersectionOverUnion(OrientedRectangle(a), OrientedRectangle(b)))
        case .probabilistic: probabilisticIntersectionOverUnion(a, b)
        }
    }
}

extension OrientedRectangle {
    fileprivate init(_ box: OrientedBox) {
        self.init(
            centerX: Double(box.centerX), centerY: Double(box.centerY), width: Double(box.width),
            height: Double(box.height), angle: Double(box.angle))
    }
}

/// The second moments of a box: variances along x and y, and their covariance.
private struct Moments {
    let x, y, xy: Double

    init(_ box: OrientedBox) {
        let (c, s) = (cos(Double(box.angle)), sin(Double(box.angle)))
        let (a, b) = (Double(box.width * box.width) / 12, Double(box.height * box.height) / 12)
        (x, y, xy) = (a * c * c + b * s * s, a * s * s + b * c * c, (a - b) * c * s)
    }

    init(x: Double, y: Double, xy: Double) { (self.x, self.y, self.xy) = (x, y, xy) }

    static func + (a: Moments, b: Moments) -> Moments { Moments(x: a.x + b.x, y: a.y + b.y, xy: a.xy + b.xy) }

    var determinant: Double { max(x * y - xy * xy, .leastNormalMagnitude) }
}

/// 1 less the Hellinger distance of the two distributions, by way of Bhattacharyya's.
private func probabilisticIntersectionOverUnion(_ a: OrientedBox, _ b: OrientedBox) -> Float {
    let (first, second) = (Moments(a), Moments(b))
    let sum = first + second
    let (dx, dy) = (Double(a.centerX) - Double(b.centerX), Double(a.centerY) - Double(b.centerY))
    let far = (sum.x * dy * dy + sum.y * dx * dx - 2 * sum.xy * dx * dy) / (4 * sum.determinant)
    let unlike = 0.5 * log(sum.determinant / (4 * (first.determinant * second.determinant).squareRoot()))
    let distance = (1 - exp(-max(far + unlike, 0))).squareRoot()
    return Float(1 - distance)
}
