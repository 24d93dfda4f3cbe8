import ApusVision

/// An image and all that is known about places in it: what transforms change together.
public struct Sample: Hashable, Sendable {
    public var image: Raster
    public var masks: [SampleMask]
    public var boxes: [SampleBox]
    public var rotatedBoxes: [RotatedBox]
    public var polygons: [Polygon]
    /// One element an object. A skeleton keeps its number of points: one that leaves the image becomes absent.
    public var keypoints: [Keypoints]
    /// Where each point of a skeleton goes when the picture is mirrored: left eye to right eye. Empty for none.
    public var keypointMirror: [Int]
    /// The classes of the image as a whole.
    public var labels: [ImageLabel]
    /// What transforms left out so far.
    public var dropped: [DroppedBox] = []

    public init(
        image: Raster, masks: [SampleMask] = [], boxes: [LabeledBox] = [], rotatedBoxes: [RotatedBox] = [],
        polygons: [Polygon] = [], keypoints: [Keypoints] = [], keypointMirror: [Int] = [], labels: [ImageLabel] = []
    ) {
        (self.image, self.masks) = (image, masks)
        self.boxes = boxes.enumerated().map { SampleBox($1, index: $0) }
        (self.rotatedBoxes, self.polygons, self.keypoints) = (rotatedBoxes, polygons, keypoints)
        (self.keypointMirror, self.labels) = (keypointMirror, labels)
    }

    public var size: ImageSize { image.size }
}

/// A mask of a sample and its name, such as "semantic" or the number of the object that it shows.
public struct SampleMask: Hashable, Sendable {
    public var name: String
    /// Of the image's size.
    public var raster: Raster

    public init(_ name: String, _ raster: Raster) { (self.name, self.raster) = (name, raster) }
}
