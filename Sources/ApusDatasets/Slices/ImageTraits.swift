import ApusCore
import ApusVision

/// What an image looks like, as far as it may decide how hard it is.
public struct ImageTraits: Hashable, Sendable {
    /// Into the prepared dataset.
    public var index: Int
    /// Objects that are no crowds.
    public var objectCount: Int
    /// The median area of their boxes in square pixels; `nil` without objects.
    public var objectArea: Double?
    /// The mean luma, from 0 to 255.
    public var brightness: Double
    /// The variance of the Laplacian.
    public var sharpness: Double
}

extension PreparedDataset {
    /// The traits of some images, which are decoded for it, in the order of `indices`.
    ///
    /// - Throws: `DatasetError.undecodableImage`.
    public func traits(of indices: [Int], threads: Int = availableCores) throws(DatasetError) -> [ImageTraits] {
        let results = parallelMap(indices.count, threads: threads) { place in
            Result { () throws(DatasetError) in try self.traits(of: indices[place]) }
        }
        var all = [ImageTraits]()
        for result in results { all.append(try result.get()) }
        return all
    }

    private func traits(of index: Int) throws(DatasetError) -> ImageTraits {
        let areas = boxes(index).filter { !$0.isCrowd }.map { Double($0.box.area) }.sorted()
        let (brightness, sharpness) = try image(index).brightnessAndSharpness()
        return ImageTraits(
            index: index, objectCount: areas.count, objectArea: areas.isEmpty ? nil : areas[areas.count / 2],
            brightness: brightness, sharpness: sharpness)
    }
}
