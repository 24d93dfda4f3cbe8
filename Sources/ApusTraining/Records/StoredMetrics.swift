import ApusTracking

/// Metrics under the names that they have in the tracking store.
enum StoredMetrics {
    /// What stands before a class's or keypoint's own name.
    private static let groups = ["AP/", "AP50/", "F1/", "PCK/", "OKS/", "IoU/"]

    /// `values` as `PREFIX/NAME`. Names that users gave to classes keep what the store takes.
    static func named(_ values: [String: Double], prefix: String) -> [String: Double] {
        var named: [String: Double] = [:]
        for (name, value) in values {
            guard let own = own(name) else {
                named["\(prefix)/\(name)"] = value
                continue
            }
            let plain = own.map { $0 == "/" ? "_" : $0 }
            named["\(prefix)/\(name.dropLast(own.count))\(MetricKey.plain(String(plain)))"] = value
        }
        return named
    }

    /// Those of all classes and keypoints together.
    static func overall(_ values: [String: Double]) -> [String: Double] { values.filter { own($0.key) == nil } }

    /// The class's or keypoint's own name in a metric's.
    private static func own(_ name: String) -> Substring? {
        let bare = name.hasPrefix("mask/") || name.hasPrefix("pose/") ? name.dropFirst(5) : name[...]
        return groups.first { bare.hasPrefix($0) }.map { bare.dropFirst($0.count) }
    }
}

extension TaskEvaluation {
    /// All metrics as `PREFIX/NAME`, as the store takes them.
    public func stored(prefix: String) -> [String: Double] { StoredMetrics.named(values, prefix: prefix) }
}
