import ApusConfiguration
import ApusVision

/// Which boxes a pipeline keeps: Albumentations' `BboxParams`.
///
/// Visibility is measured against the box that the sample came with, not against what the last crop left of it.
public struct BoxParameters: Hashable, Sendable {
    /// What the boxes of whoever wrote the file look like; a `Sample`'s are always in pixels.
    public var format = BoxFormat.pascalVOC
    public var labelFields: [String]?
    /// In square pixels.
    public var minimumArea = 0.0
    /// The part of the original that must be left.
    public var minimumVisibility = 0.0
    /// In pixels.
    public var minimumWidth = 0.0, minimumHeight = 0.0
    /// The longer side over the shorter one must be at most this.
    public var maximumAspect: Double?
    /// Whether boxes are judged after each transform, not only at the end.
    public var checksEachTransform = true
    /// Whether boxes are cut at the image's edges before anything else, so that only what is inside counts as whole.
    public var clips = false
    /// Kept for the file; boxes without area are left out in any case, and reported.
    public var filtersInvalid = false

    public init() {}

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("format", &format)
        try parameters.texts("label_fields", &labelFields)
        try parameters.number("min_area", &minimumArea, in: 0...1e12)
        try parameters.number("min_visibility", &minimumVisibility, in: 0...1)
        try parameters.number("min_width", &minimumWidth, in: 0...1e6)
        try parameters.number("min_height", &minimumHeight, in: 0...1e6)
        try parameters.flag("check_each_transform", &checksEachTransform)
        try parameters.flag("clip", &clips)
        try parameters.flag("filter_invalid_bboxes", &filtersInvalid)
        try parameters.number("max_accept_ratio", &maximumAspect, in: 1...1e9)
    }
}

extension BoxParameters {
    /// Rounding may take this much of a threshold.
    private static let tolerance = 1e-6

    /// Why a box does not count; `nil` where it does.
    func fault(of box: SampleBox) -> DroppedBox.Reason? {
        let (width, height, area) = (Double(box.box.width), Double(box.box.height), Double(box.box.area))
        func isBelow(_ value: Double, _ minimum: Double) -> Bool { !(value >= minimum - minimum * Self.tolerance) }
        if isBelow(area, minimumArea) { return .area }
        if isBelow(Double(box.visibility), minimumVisibility) { return .visibility }
        if isBelow(width, minimumWidth) { return .width }
        if isBelow(height, minimumHeight) { return .height }
        let aspect = max(width, height) / min(width, height)
        if let maximumAspect, isBelow(maximumAspect, aspect) { return .aspect }
        return nil
    }
}

extension Sample {
    /// Leaves out what is no box, and cuts at the edges where asked to.
    mutating func prepareBoxes(_ parameters: BoxParameters, by name: String) {
        if parameters.clips {
            for index in boxes.indices {
                boxes[index].box = boxes[index].box.clipped(to: size)
                boxes[index].originalArea = boxes[index].box.area
            }
        }
        drop(by: name) { $0.box.isValid ? nil : .invalid }
    }

    /// Leaves out the boxes that do not count.
    mutating func filterBoxes(_ parameters: BoxParameters, by name: String) {
        drop(by: name) { parameters.fault(of: $0) }
    }

    private mutating func drop(by name: String, _ fault: (SampleBox) -> DroppedBox.Reason?) {
        guard !boxes.isEmpty else { return }
        boxes.removeAll { box in
            guard let reason = fault(box) else { return false }
            dropped.append(DroppedBox(index: box.index, transform: name, reason: reason))
            return true
        }
    }
}

extension BoundingBox {
    /// Whether it has an area, and numbers for coordinates.
    var isValid: Bool { [minX, minY, maxX, maxY].allSatisfy(\.isFinite) && maxX > minX && maxY > minY }
}
