import ApusAugmentation
import ApusVision

/// What becomes of a declared box: the box in pixels inside the image, or nothing, and what was wrong.
struct CheckedBox: Equatable {
    var box: LabeledBox?
    var kind: Fault.Kind?
    var message = ""

    /// Overhangs up to this many pixels come from rounding fractions and are cut without a word.
    private static let tolerance = 0.1

    /// Clips a box that reaches out of the image; drops one that is empty, outside or not finite.
    init(_ annotation: Annotation, width: Int, height: Int) {
        let edges = annotation.bounds(in: ImageSize(width: width, height: height)).edges
        let text = "box [\(edges.map { Self.short($0) }.joined(separator: ", "))]"
        if let (kind, reason) = Self.refusal(of: edges, width: Double(width), height: Double(height)) {
            self.kind = kind
            message = "\(text) \(reason) (image \(width)×\(height)); box left out"
            return
        }
        box = LabeledBox(
            Self.box(edges, width: Double(width), height: Double(height)), label: annotation.label,
            isCrowd: annotation.flags.contains(.crowd))
        let overhang = max(-edges[0], -edges[1], edges[2] - Double(width), edges[3] - Double(height))
        if overhang > Self.tolerance {
            kind = .boxClipped
            message = "\(text) reaches out of the image (\(width)×\(height)); clipped"
        }
    }

    private static func refusal(of edges: [Double], width: Double, height: Double) -> (Fault.Kind, String)? {
        let (minX, minY, maxX, maxY) = (edges[0], edges[1], edges[2], edges[3])
        if !edges.allSatisfy(\.isFinite) { return (.nonFiniteLabel, "is not finite") }
        if maxX <= minX || maxY <= minY { return (.boxEmpty, "has no area") }
        if minX >= width || minY >= height || maxX <= 0 || maxY <= 0 { return (.boxOutside, "lies outside") }
        return box(edges, width: width, height: height).area > 0 ? nil : (.boxEmpty, "has no area inside")
    }

    private static func box(_ edges: [Double], width: Double, height: Double) -> BoundingBox {
        BoundingBox(
            minX: Float(max(edges[0], 0)), minY: Float(max(edges[1], 0)), maxX: Float(min(edges[2], width)),
            maxY: Float(min(edges[3], height)))
    }

    /// At most two decimals, none where they are zero.
    private static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
    }
}

/// The usable objects of a sample.
struct CheckedLabels {
    var boxes: [LabeledBox] = []
    /// One for each box, as they are kept.
    var annotations: [Annotation] = []
    /// What was wrong with the others.
    var faults: [Fault]

    /// Keeps each object once: of several with the same box and class, those that differ in what else is known.
    init(_ labels: SourceLabels, sample: SourceSample, size: ImageSize) {
        faults = labels.faults
        var seen = Set<Annotation>()
        for annotation in labels.annotations {
            let checked = CheckedBox(annotation, width: size.width, height: size.height)
            if let kind = checked.kind {
                faults.append(Fault(kind, file: sample.labelFile, line: annotation.line, message: checked.message))
            }
            guard let box = checked.box else { continue }
            let stored = annotation.stored(as: box)
            if seen.insert(stored).inserted {
                boxes.append(box)
                annotations.append(stored)
            } else {
                let message = "the same box of the same class twice in \(sample.name); kept once"
                faults.append(Fault(.duplicateBox, file: sample.labelFile, line: annotation.line, message: message))
            }
        }
    }
}
