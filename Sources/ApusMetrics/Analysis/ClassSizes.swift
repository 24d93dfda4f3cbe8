/// One class's precision by the size of its objects.
public struct ClassSizes: Codable, Hashable, Sendable {
    /// One range of areas; numbers are `nil` where the class has no object in it.
    public struct Size: Codable, Hashable, Sendable {
        public var area: AreaRange
        /// Objects that count.
        public var instances: Int
        /// Averaged over the overlaps 0.50 to 0.95.
        public var ap: Double?
        public var ap50: Double?
        /// The recall with the most detections, averaged over the overlaps.
        public var ar: Double?

        enum CodingKeys: String, CodingKey {
            case area, instances
            case ap = "AP"
            case ap50 = "AP50"
            case ar = "AR"
        }
    }

    public var name: String
    /// In the order of `AreaRange.allCases`.
    public var sizes: [Size]

    init(_ result: CategoryResult, name: String) {
        self.name = name
        let limit = result.curves.limits.count - 1
        sizes = AreaRange.allCases.map { area in
            guard limit >= 0, result.instances[area.rawValue] > 0 else {
                return Size(area: area, instances: result.instances[area.rawValue])
            }
            return Size(
                area: area, instances: result.instances[area.rawValue], ap: result.curves.meanPrecision(area: area),
                ap50: result.curves.meanPrecision(area: area, overlap: 0),
                ar: result.curves.meanRecall(area: area, limit: limit))
        }
    }
}
