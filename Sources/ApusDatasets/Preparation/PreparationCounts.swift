/// What a preparation found, kept and left out.
public struct PreparationCounts: Codable, Hashable, Sendable {
    public struct SplitCounts: Codable, Hashable, Sendable {
        public var images = 0
        public var boxes = 0
        /// Images without boxes.
        public var backgrounds = 0
        /// Boxes by class name.
        public var boxesByClass: [String: Int] = [:]

        public init() {}
    }

    /// Images that the source lists.
    public var imagesFound = 0
    public var imagesKept = 0
    public var imagesDropped = 0
    public var boxes = 0
    /// Bytes of the encoded images.
    public var bytes = 0
    /// By the names train, val and test.
    public var splits: [String: SplitCounts] = [:]
    /// By `Fault.Kind`.
    public var faults: [String: Int] = [:]

    public init() {}

    init(_ collection: PreparedCollection) throws(DatasetError) {
        imagesFound = collection.found
        imagesKept = collection.entries.count
        imagesDropped = max(0, imagesFound - imagesKept)
        for split in Split.allCases { splits[split.rawValue] = SplitCounts() }
        let names = collection.classNames
        for entry in collection.entries { add(entry, classes: try collection.labels(of: entry).map { names[$0] }) }
        for fault in collection.faults { faults[fault.kind.rawValue, default: 0] += 1 }
    }

    /// - Parameter classes: of each of its boxes.
    private mutating func add(_ entry: PreparedEntry, classes: [String]) {
        bytes += entry.byteCount
        boxes += classes.count
        var counts = splits[entry.split.rawValue] ?? SplitCounts()
        splits[entry.split.rawValue] = nil
        counts.images += 1
        counts.boxes += classes.count
        if classes.isEmpty { counts.backgrounds += 1 }
        for name in classes { counts.boxesByClass[name, default: 0] += 1 }
        splits[entry.split.rawValue] = counts
    }
}
