import ApusConfiguration
import ApusCore
import ApusVision

/// A spatial transform that moves each pixel by a field of places.
///
/// Boxes become the hull of their pixels, points go exactly where the picture does.
public protocol FieldTransform: SpatialTransform {
    var look: WarpLook { get }

    /// The places, in pixel indices, that each pixel of an image of this size comes from.
    func sources(_ draw: Draw, of size: ImageSize) -> FieldSources?
}

/// A field on its way from a transform's draw to the pixels.
public struct FieldSources: Sendable {
    let field: WarpField

    init(_ field: WarpField) { self.field = field }
}

/// How warped pixels are made up.
public struct WarpLook: Hashable, Sendable {
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero
    /// Read and written for Albumentations' sake: points are moved exactly by either.
    var keypointMethod = KeypointMethod.mask

    enum KeypointMethod: String, CaseIterable { case direct, mask }

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try bindResampling(&parameters)
        try parameters.choice("keypoint_remapping_method", &keypointMethod)
        try parameters.border(&border, fill: &fill, mask: &maskFill)
    }

    mutating func bindResampling(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.resampling(&resampling, mask: &maskResampling)
    }
}

extension FieldTransform {
    public func apply(_ draw: Draw, to image: inout Raster) {
        guard let sources = sources(draw, of: image.size) else { return }
        image = image.warped(by: sources.field, look.resampling, look.border, look.fill)
    }

    public func apply(_ draw: Draw, toMask mask: inout Raster) {
        guard let sources = sources(draw, of: mask.size) else { return }
        mask = mask.warped(by: sources.field, look.maskResampling, look.border, look.maskFill)
    }

    public func apply(_ draw: Draw, to point: Point, in size: ImageSize) -> Point {
        sources(draw, of: size)?.field.place(of: point) ?? point
    }

    /// The field is made once for everything.
    public func apply(_ draw: Draw, to sample: inout Sample) {
        guard let sources = sources(draw, of: sample.size) else { return }
        FieldWarp(field: sources.field, look: look, reportName: Self.name).apply(NoDraw(), to: &sample)
    }
}

/// One field applied to everything.
private struct FieldWarp: SpatialTransform {
    var field: WarpField
    var look: WarpLook
    var reportName: String

    init() { self.init(field: WarpField(columns: [0], rows: [0]), look: WarpLook(), reportName: Self.name) }

    init(field: WarpField, look: WarpLook, reportName: String) {
        (self.field, self.look, self.reportName) = (field, look, reportName)
    }

    func apply(_ draw: NoDraw, to image: inout Raster) {
        image = image.warped(by: field, look.resampling, look.border, look.fill)
    }

    func apply(_ draw: NoDraw, toMask mask: inout Raster) {
        mask = mask.warped(by: field, look.maskResampling, look.border, look.maskFill)
    }

    func apply(_ draw: NoDraw, to point: Point, in size: ImageSize) -> Point { field.place(of: point) }

    func apply(
        _ draw: NoDraw, to boxes: [SampleBox], from size: ImageSize, to newSize: ImageSize
    ) -> [SampleBox] {
        boxes.compactMap { box in field.hull(of: box.box).map { box.moved(to: $0) } }
    }
}
