import ApusConfiguration
import ApusCore
import ApusVision

/// Pastes objects of another sample where they stood in it: cut out along their polygons, or as boxes where there are
/// none.
///
/// Ghiasi et al., *Simple Copy-Paste is a Strong Data Augmentation Method for Instance Segmentation*,
/// <https://arxiv.org/abs/2012.07177>. The partner is fitted into the picture whole. Objects covered too much are left
/// out; keypoints are not pasted.
public struct CopyPaste: MixingTransform {
    /// How likely each object of the partner is pasted.
    public var objectProbability = 0.5
    /// The part of an object's box that must stay uncovered.
    public var minimumUncovered = 0.1

    public typealias Draw = [Int]

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("object_p", &objectProbability, in: 0...1)
        try parameters.number("min_uncovered", &minimumUncovered, in: 0...1)
    }

    public var partnerCount: Int { 1 }

    /// The objects to paste, by their places in the list that the partner came with.
    public func draw(for sample: Sample, partners: [Sample], using stream: inout RandomStream) -> [Int]? {
        guard let partner = partners.first else { return nil }
        let chosen = partner.outlines.map(\.index).filter { _ in stream.happens(objectProbability) }
        return chosen.isEmpty ? nil : chosen
    }

    public func apply(_ draw: [Int], to sample: inout Sample, with partners: [Sample]) {
        guard let partner = partners.first else { return }
        let other = partner.contained(in: sample.size).only(Set(draw))
        let stencil = Stencil(other.outlines, size: sample.size)
        sample.image.copy(through: stencil, other.image.converted(like: sample.image))
        sample.joinMasks(other) { $0.copy(through: stencil, $1) }
        sample.cover(stencil, keeping: minimumUncovered, by: Self.name)
        sample.join(other)
    }
}

extension Sample {
    /// The objects' outlines: polygons, or boxes where there are none.
    fileprivate var outlines: [Polygon] {
        guard polygons.isEmpty else { return polygons }
        return boxes.map { Polygon(rings: [$0.box.corners], label: $0.label, index: $0.index) }
    }

    /// The sample with these objects alone, a box to each outline, and no points.
    fileprivate func only(_ chosen: Set<Int>) -> Sample {
        var result = self
        result.polygons = polygons.filter { chosen.contains($0.index) }
        result.boxes = boxes.filter { chosen.contains($0.index) }
        (result.rotatedBoxes, result.keypoints, result.dropped) = ([], [], [])
        let boxed = Set(result.boxes.map(\.index))
        for polygon in result.polygons where !boxed.contains(polygon.index) {
            guard let hull = BoundingBox(around: polygon.rings.flatMap { $0 }) else { continue }
            result.boxes.append(SampleBox(LabeledBox(hull, label: polygon.label), index: polygon.index))
        }
        return result
    }

    /// Takes away what a stencil covers.
    fileprivate mutating func cover(_ stencil: Stencil, keeping share: Double, by name: String) {
        let before = boxes
        boxes.removeAll { stencil.share(of: $0.box) > 1 - share }
        noteDropped(from: before, to: boxes, by: name, .removed)
        let gone = Set(before.map(\.index)).subtracting(boxes.map(\.index))
        polygons.removeAll { gone.contains($0.index) }
        keypoints = keypoints.map { $0.hidden { stencil.contains($0) } }
    }
}
