import ApusCore
import ApusDatasets
import ApusMetrics
import ApusModels

/// The parts of a split that are worth numbers of their own: by the objects' number and size, brightness, sharpness,
/// and the table that the dataset's description names under `metadata`.
///
/// Slices are named `TRAIT/VALUE`. A third is one of the split that is asked for; images of equal values stay
/// together. Slices without images, and traits that have but one slice, are left out.
public struct ImageSlices {
    private let traits: [ImageTraits]
    private let hasObjects: Bool

    /// Columns of a table with more values than these are told by thirds where they are numbers, else left out.
    private static let mostValues = 12

    /// - Parameter hasObjects: whether the task finds objects in images.
    public init(_ traits: [ImageTraits], hasObjects: Bool) { (self.traits, self.hasObjects) = (traits, hasObjects) }

    /// - Parameter threads: images are decoded on them.
    /// - Throws: `DatasetError` for images that cannot be decoded and for a table that cannot be read.
    public static func all(
        of indices: [Int], in dataset: PreparedDataset, task: ModelTask, threads: Int = availableCores
    ) throws -> [ImageSlice] {
        let slices = ImageSlices(try dataset.traits(of: indices, threads: threads), hasObjects: task != .classify)
        let table = try dataset.imageTable()
        return slices.ofTraits + (table.map { slices.ofTable($0) { dataset.record($0).name } } ?? [])
    }

    /// By what the images show.
    public var ofTraits: [ImageSlice] {
        let objects = hasObjects ? groups("objects", Self.counts, crowding) + groups("size", Self.sizes, size) : []
        return objects + thirds("brightness", ["dark", "middle", "bright"]) { $0.brightness }
            + thirds("sharpness", ["blurred", "middle", "sharp"]) { $0.sharpness }
    }

    private static let counts = ["none", "1", "2-4", "5-9", "10 or more"]
    private static let sizes = ["small", "medium", "large"]

    private func crowding(_ traits: ImageTraits) -> String? {
        switch traits.objectCount {
        case 0: Self.counts[0]
        case 1: Self.counts[1]
        case 2...4: Self.counts[2]
        case 5...9: Self.counts[3]
        default: Self.counts[4]
        }
    }

    /// COCO's ranges, of the image's median object.
    private func size(_ traits: ImageTraits) -> String? {
        traits.objectArea.map { $0 <= 1024 ? Self.sizes[0] : $0 <= 9216 ? Self.sizes[1] : Self.sizes[2] }
    }

    /// By the columns of a table.
    ///
    /// - Parameter name: what an image is called in the table.
    public func ofTable(_ table: ImageTable, name: (Int) -> String) -> [ImageSlice] {
        let names = traits.map { name($0.index) }
        return table.columns.enumerated().flatMap { column, title -> [ImageSlice] in
            let values = names.map { table[column, $0] }
            let kinds = Set(values.compactMap { $0 }).sorted()
            if kinds.count <= Self.mostValues { return groups(title, kinds, values) }
            let numbers = values.map { $0.flatMap(Double.init) }
            let isNumeric = zip(values, numbers).allSatisfy { ($0 == nil) == ($1 == nil) }
            return isNumeric ? thirds(title, ["low", "middle", "high"], numbers) : []
        }
    }

    private func groups(_ title: String, _ kinds: [String], _ value: (ImageTraits) -> String?) -> [ImageSlice] {
        groups(title, kinds, traits.map(value))
    }

    private func groups(_ title: String, _ kinds: [String], _ values: [String?]) -> [ImageSlice] {
        let slices = kinds.map { kind in
            ImageSlice(name: "\(title)/\(kind)", imageIDs: zip(traits, values).filter { $1 == kind }.map(\.0.index))
        }
        let present = slices.filter { !$0.imageIDs.isEmpty }
        return present.count > 1 ? present : []
    }

    private func thirds(_ title: String, _ names: [String], _ value: (ImageTraits) -> Double) -> [ImageSlice] {
        thirds(title, names, traits.map { Optional(value($0)) })
    }

    private func thirds(_ title: String, _ names: [String], _ values: [Double?]) -> [ImageSlice] {
        let sorted = values.compactMap { $0 }.filter { !$0.isNaN }.sorted()
        guard sorted.count >= 3 else { return [] }
        let bounds = [sorted[sorted.count / 3], sorted[sorted.count * 2 / 3]]
        let kinds = values.map { value -> String? in
            guard let value, !value.isNaN else { return nil }
            return names[bounds.count { $0 <= value }]
        }
        return groups(title, names, kinds)
    }
}
