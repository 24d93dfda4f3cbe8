/// A class of objects, and what its formats know of it beside the name.
public struct AnnotationClass: Hashable, Sendable {
    public var name: String
    /// COCO's category id, or the value in a mask; `nil` where the format counts from 0.
    public var id: Int?
    /// COCO's broader category.
    public var group: String?
    /// The names of its keypoints, in order.
    public var keypoints: [String] = []
    /// Pairs of keypoints, counted from 0, that are drawn connected.
    public var skeleton: [SIMD2<Int>] = []
    /// For each keypoint the one it becomes when the image is mirrored; empty where the source does not say.
    public var mirrored: [Int] = []
    /// For each keypoint how far people's marks of it lie apart, as a part of the object's size; empty where the source
    /// does not say.
    public var sigmas: [Double] = []

    public init(_ name: String, id: Int? = nil) { (self.name, self.id) = (name, id) }
}
