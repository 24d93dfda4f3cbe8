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
        case .exact: intersectionOverUnion(a, b)
        case .probabilistic: probabilisticIntersectionOverUnion(a, b)
        }
    }
}

/// The area both share over the area either covers, by cutting one box along the sides of the other.
private func intersectionOverUnion(_ a: OrientedBox, _ b: OrientedBox) -> Float {
    guard !a.isApart(from: b) else { return 0 }
    let origin = SIMD2(Double(a.centerX), Double(a.centerY))
    var shared = a.corners(from: origin)
    let other = b.corners(from: origin)
    for index in 0..<4 where !shared.isEmpty {
        shared = shared.cut(from: other[index], to: other[(index + 1) % 4])
    }
    let areas = Double(a.width) * Double(a.height) + Double(b.width) * Double(b.height)
    let common = min(shared.enclosedArea, areas / 2)
    return Float(common / max(areas - common, .leastNormalMagnitude))
}

extension OrientedBox {
    /// Whether circles around both do not touch.
    fileprivate func isApart(from other: OrientedBox) -> Bool {
        let reach = (hypot(width, height) + hypot(other.width, other.height)) / 2
        return hypot(centerX - other.centerX, centerY - other.centerY) > reach
    }

    /// In double precision about `origin`, so that boxes far from the image's corner lose no digits.
    fileprivate func corners(from origin: SIMD2<Double>) -> [SIMD2<Double>] {
        let (c, s) = (cos(Double(angle)), sin(Double(angle)))
        let center = SIMD2(Double(centerX), Double(centerY)) - origin
        let across = SIMD2(c, s) * (Double(width) / 2)
        let down = SIMD2(-s, c) * (Double(height) / 2)
        return [center - across - down, center + across - down, center + across + down, center - across + down]
    }
}

extension [SIMD2<Double>] {
    /// What lies to the right of the line as it is seen (Sutherland and Hodgman's clipping).
    fileprivate func cut(from start: SIMD2<Double>, to end: SIMD2<Double>) -> [SIMD2<Double>] {
        let side = end - start
        let distances = map { side.x * ($0.y - start.y) - side.y * ($0.x - start.x) }
        var kept = [SIMD2<Double>]()
        for index in indices {
            let next = (index + 1) % count
            let (here, there) = (distances[index], distances[next])
            if here >= 0 { kept.append(self[index]) }
            if (here >= 0) != (there >= 0) {
                kept.append(self[index] + (self[next] - self[index]) * (here / (here - there)))
            }
        }
        return kept
    }

    /// The shoelace formula.
    fileprivate var enclosedArea: Double {
        let doubled = indices.reduce(0.0) { sum, index in
            let (a, b) = (self[index], self[(index + 1) % count])
            return sum + a.x * b.y - a.y * b.x
        }
        return abs(doubled) / 2
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
