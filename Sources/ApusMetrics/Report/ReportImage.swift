import ApusVision

/// A picture of an evaluation report, with boxes to draw on it.
public struct ReportImage: Sendable {
    public var name: String
    /// A PNG or JPEG file, whole.
    public var bytes: [UInt8]
    /// Pixels; the boxes are in these.
    public var width, height: Int
    public var truths: [LabeledBox]
    public var detections: [Detection]
    /// What was found and missed, shown under the picture.
    public var result: ImageResult?

    public init(
        name: String, bytes: [UInt8], width: Int, height: Int, truths: [LabeledBox] = [], detections: [Detection] = [],
        result: ImageResult? = nil
    ) {
        (self.name, self.bytes, self.width, self.height) = (name, bytes, width, height)
        (self.truths, self.detections, self.result) = (truths, detections, result)
    }

    func html(classNames: [String]) -> String {
        let picture =
            dataAddress(bytes).map { "<img src=\"\($0)\" alt=\"\(escaped(name))\">" }
            ?? "<p class=\"empty\">not a PNG or JPEG file</p>"
        return """
            <figure><div class="picture">\(picture)\(overlay(classNames))</div>
            <figcaption><b>\(escaped(name))</b>\(caption)</figcaption></figure>

            """
    }

    private var caption: String {
        guard let result else { return "" }
        return " \(result.truePositives) found, \(result.falseNegatives) missed, \(result.falsePositives) invented"
    }

    private func overlay(_ classNames: [String]) -> String {
        guard width > 0, height > 0, !(truths.isEmpty && detections.isEmpty) else { return "" }
        let marked = truths.map { truth in
            rectangle(truth.box, "truth", isFound(truth) ? nil : short(classNames[name: truth.label]), below: true)
        }
        let found = detections.map { detection in
            let text = short(classNames[name: detection.label]) + " " + fixed(Double(detection.score), 2)
            return rectangle(detection.box, "found", text, below: false)
        }
        return "<svg viewBox=\"0 0 \(width) \(height)\">\((marked + found).joined())</svg>"
    }

    /// A box that a detection of its class covers needs no second text.
    private func isFound(_ truth: LabeledBox) -> Bool {
        detections.contains { $0.label == truth.label && intersectionOverUnion($0.box, truth.box) >= 0.5 }
    }

    private func short(_ name: String) -> String { name.count > 18 ? name.prefix(17) + "…" : name }

    /// A box with its text: above its top edge for detections, below its bottom edge for the ground truth, and
    /// running to the left where it would leave the picture.
    private func rectangle(_ box: BoundingBox, _ kind: String, _ text: String?, below: Bool) -> String {
        let inside = box.clipped(width: Float(width), height: Float(height))
        guard inside.minX.isFinite, inside.minY.isFinite, inside.width >= 0, inside.height >= 0 else { return "" }
        let shape = """
            <rect class="\(kind)" x="\(number(inside.minX))" y="\(number(inside.minY))" \
            width="\(number(inside.width))" height="\(number(inside.height))"/>
            """
        guard let text else { return shape }
        let size = Float(max(width, height)) / 26
        let baseline =
            below
            ? min(inside.maxY + size, Float(height) - size * 0.2) : max(inside.minY - size * 0.25, size * 0.9)
        let isLate = inside.minX + Float(text.count) * size * 0.58 > Float(width)
        return shape + """
            <text class="\(kind)" x="\(number(isLate ? inside.maxX : inside.minX))" y="\(number(baseline))" \
            text-anchor="\(isLate ? "end" : "start")" font-size="\(number(size))">\(escaped(text))</text>
            """
    }

    private func number(_ value: Float) -> String { fixed(Double(value), 1) }
}

extension [String] {
    fileprivate subscript(name index: Int) -> String { indices.contains(index) ? self[index] : "class \(index)" }
}
