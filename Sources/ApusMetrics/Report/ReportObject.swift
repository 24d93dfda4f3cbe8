import ApusVision

/// An object as a report's picture shows it, in pixels of the image.
public struct ReportObject: Sendable {
    public enum Status: String, Sendable {
        /// A detection that is right.
        case found
        /// A detection that is wrong.
        case invented
        /// An object that no detection has.
        case missed
    }

    public var status: Status
    public var box: BoundingBox
    /// What the picture says beside it.
    public var text: String
    /// Closed outlines that are drawn instead of the box.
    public var outlines: [[SIMD2<Float>]] = []
    /// Whether the outlines surround pixels, as those of masks do.
    public var isFilled = false
    /// `nil` for a point that is not to be seen.
    public var points: [SIMD2<Float>?] = []
    /// Pairs of places in `points`.
    public var bones: [SIMD2<Int>] = []
    /// Where a person marked the points.
    public var marks: [SIMD2<Float>] = []

    public init(_ status: Status, box: BoundingBox, text: String) {
        (self.status, self.box, self.text) = (status, box, text)
    }
}

extension ReportObject {
    /// - Parameters: extents of the image in pixels.
    func shapes(width: Float, height: Float) -> String {
        let title = "<title>\(escaped(text))</title>"
        let kind = status.rawValue
        let outline =
            outlines.isEmpty
            ? rectangle(box.clipped(width: width, height: height), kind, title)
            : "<path class=\"shape \(kind)\(isFilled ? " filled" : "")\" d=\"\(path)\">\(title)</path>"
        return outline + skeleton(radius: max(width, height) / 110)
    }

    private func rectangle(_ inside: BoundingBox, _ kind: String, _ title: String) -> String {
        guard inside.minX.isFinite, inside.minY.isFinite, inside.width >= 0, inside.height >= 0 else { return "" }
        return """
            <rect class="shape \(kind)" x="\(number(inside.minX))" y="\(number(inside.minY))" \
            width="\(number(inside.width))" height="\(number(inside.height))">\(title)</rect>
            """
    }

    private var path: String {
        outlines.filter { $0.count > 2 && $0.allSatisfy { $0.x.isFinite && $0.y.isFinite } }.map { ring in
            "M" + ring.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L") + "Z"
        }.joined()
    }

    private func skeleton(radius: Float) -> String {
        let kind = status.rawValue
        let lines = bones.compactMap { bone -> String? in
            guard let from = point(bone.x), let to = point(bone.y) else { return nil }
            return "M\(number(from.x)) \(number(from.y))L\(number(to.x)) \(number(to.y))"
        }
        let path = lines.isEmpty ? "" : "<path class=\"shape \(kind)\" d=\"\(lines.joined())\"/>"
        let dots = points.indices.compactMap(point).map { circle($0, radius, kind) }
        return path + dots.joined() + marks.map { circle($0, radius * 1.5, "mark") }.joined()
    }

    private func point(_ index: Int) -> SIMD2<Float>? {
        guard points.indices.contains(index), let point = points[index], point.x.isFinite, point.y.isFinite
        else { return nil }
        return point
    }

    private func circle(_ center: SIMD2<Float>, _ radius: Float, _ kind: String) -> String {
        """
        <circle class="\(kind)" cx="\(number(center.x))" cy="\(number(center.y))" r="\(number(radius))"/>
        """
    }

    private func number(_ value: Float) -> String { fixed(Double(value), 1) }
}
