import ApusVision

/// What tells one version from another: images by name, their contents, splits and labels.
public struct VersionDifference: Codable, Hashable, Sendable {
    public struct Moved: Codable, Hashable, Sendable {
        public var name: String
        public var from, to: Split
    }

    /// An image whose objects differ, and how many of them.
    public struct Relabelled: Codable, Hashable, Sendable {
        public var name: String
        public var added, removed: Int
    }

    public var from, to: String
    /// Names of images that only the second, or only the first version has.
    public var added: [String] = []
    public var removed: [String] = []
    /// Images of one name whose pixels are of different files.
    public var replaced: [String] = []
    public var moved: [Moved] = []
    public var relabelled: [Relabelled] = []
    public var addedClasses: [String] = []
    public var removedClasses: [String] = []
    public var reordersClasses = false
    /// The recipes, where they differ.
    public var recipes: [String] = []

    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && replaced.isEmpty && moved.isEmpty && relabelled.isEmpty
            && addedClasses.isEmpty && removedClasses.isEmpty && !reordersClasses && recipes.isEmpty
    }

    /// What changes on the way from `first` to `second`.
    public init(from first: PreparedDataset, to second: PreparedDataset) {
        (from, to) = (first.id, second.id)
        compareClasses(first.classNames, second.classNames)
        if first.recipe != second.recipe { recipes = [first.recipe, second.recipe] }
        let places = first.indicesByName
        for index in 0..<second.imageCount {
            let name = second.name(of: index)
            guard let old = places[name] else {
                added.append(name)
                continue
            }
            compare(name, first, old, second, index)
        }
        let names = Set(second.indicesByName.keys)
        removed = places.keys.filter { !names.contains($0) }.sorted()
        added.sort()
    }

    private mutating func compareClasses(_ first: [String], _ second: [String]) {
        addedClasses = second.filter { !first.contains($0) }
        removedClasses = first.filter { !second.contains($0) }
        reordersClasses = first.filter(second.contains) != second.filter(first.contains)
    }

    private mutating func compare(
        _ name: String, _ first: PreparedDataset, _ old: Int, _ second: PreparedDataset, _ new: Int
    ) {
        if first.contentHash(old) != second.contentHash(new) { replaced.append(name) }
        let (from, to) = (first.record(old).split, second.record(new).split)
        if from != to { moved.append(Moved(name: name, from: from, to: to)) }
        let (before, after) = (first.namedObjects(old), second.namedObjects(new))
        let (removed, added) = (before.subtracting(after).count, after.subtracting(before).count)
        if removed + added > 0 { relabelled.append(Relabelled(name: name, added: added, removed: removed)) }
    }
}

/// An object with its class by name, so that versions whose classes stand in another order compare.
private struct NamedObject: Hashable {
    var className: String
    var annotation: Annotation
}

extension PreparedDataset {
    fileprivate var indicesByName: [String: Int] {
        Dictionary((0..<imageCount).map { (columns.imageName($0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate func namedObjects(_ index: Int) -> Set<NamedObject> {
        Set(
            annotations(index).map { annotation in
                var object = NamedObject(className: classNames[annotation.label], annotation: annotation)
                object.annotation.label = 0
                return object
            })
    }
}
