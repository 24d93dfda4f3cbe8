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

    init(_ entries: [PreparedEntry], classNames: [String], faults: [Fault], found: Int) {
        imagesFound = found
        imagesKept = entries.count
        imagesDropped = max(0, found - entries.count)
        for split in Split.allCases { splits[split.rawValue] = SplitCounts() }
        for entry in entries { add(entry, classNames: classNames) }
        self.faults = Dictionary(grouping: faults, by: \.kind.rawValue).mapValues(\.count)
    }

    private mutating func add(_ entry: PreparedEntry, classNames: [String]) {
        bytes += entry.image.byteCount
        boxes += entry.record.boxes.count
        var counts = splits[entry.record.split.rawValue] ?? SplitCounts()
        counts.images += 1
        counts.boxes += entry.record.boxes.count
        if entry.record.boxes.isEmpty { counts.backgrounds += 1 }
        for box in entry.record.boxes { counts.boxesByClass[classNames[box.label], default: 0] += 1 }
        splits[entry.record.split.rawValue] = counts
    }
}
