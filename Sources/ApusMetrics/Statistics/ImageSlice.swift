/// A named part of a set of images, such as the dark ones.
public struct ImageSlice: Codable, Hashable, Sendable {
    public var name: String
    /// Ids as the evaluation knows them, in any order; each counts once.
    public var imageIDs: [Int]

    public init(name: String, imageIDs: [Int]) { (self.name, self.imageIDs) = (name, imageIDs) }
}
