import ApusAugmentation

/// The object that a crop of a batch shows, and how the crop lies in its image.
public struct ObjectCrop: Hashable, Sendable {
    /// The object's place among the annotations of its image.
    public var object: Int
    public var label: Int
    /// From places in the image to places in the crop, in pixels.
    public var map: ProjectiveMap

    public init(object: Int, label: Int, map: ProjectiveMap) {
        (self.object, self.label, self.map) = (object, label, map)
    }

    /// A place in the crop, back in the image.
    public func toImage(_ point: Point) -> Point { map.inverse.map { $0(point) } ?? point }
}
