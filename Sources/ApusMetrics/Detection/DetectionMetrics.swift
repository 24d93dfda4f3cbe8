import FoundationEssentials

/// How good a detector's boxes are on a dataset.
///
/// A number is `nil` (JSON `null`, shown as –) where there is nothing to count, where pycocotools says −1.
public struct DetectionMetrics: Hashable, Sendable {
    public var profile: EvaluationProfile
    public var imageCount: Int
    /// Boxes of the ground truth that count; crowds do not.
    public var instanceCount: Int
    public var detectionCount: Int

    /// pycocotools' twelve numbers in its order: AP, AP50, AP75, AP small, medium, large, AR with 1, 10 and 100
    /// detections, AR small, medium, large. Profile `ultralytics-8.2` has the first three alone.
    public var stats: [Double?]
    /// The confidence threshold with the best F1 averaged over classes, at overlap 0.5.
    public var confidence: Double?
    /// Averaged over classes, at `confidence` and overlap 0.5.
    public var precision, recall, f1: Double?

    public var perClass: [ClassMetrics]
    public var curves: DetectionCurves
    public var confusion: ConfusionMatrix
    /// The image with the most errors first.
    public var images: [ImageResult]
    /// What a reader must know to trust the numbers.
    public var notes: [String]
    /// Where the numbers come from, where it was asked for.
    public var analysis: ObjectAnalysis?

    public var mAP50_95: Double? { stats[0] }
    public var mAP50: Double? { stats[1] }
    public var mAP75: Double? { stats[2] }
    public var apSmall: Double? { stats[3] }
    public var apMedium: Double? { stats[4] }
    public var apLarge: Double? { stats[5] }
    public var ar1: Double? { stats[6] }
    public var ar10: Double? { stats[7] }
    public var ar100: Double? { stats[8] }
    public var arSmall: Double? { stats[9] }
    public var arMedium: Double? { stats[10] }
    public var arLarge: Double? { stats[11] }

    /// The names of `stats`, in their order, as in the JSON and in `values`.
    public static let statNames = [
        "mAP50-95", "mAP50", "mAP75", "AP-small", "AP-medium", "AP-large",
        "AR-1", "AR-10", "AR-100", "AR-small", "AR-medium", "AR-large",
    ]

    /// What there is, by name, for a tracking store or a gate: `mAP50`, `precision`, …, and `AP/CLASS`, `AP50/CLASS`;
    /// with an analysis also `ECE` and `dAP-Cls`, ….
    public var values: [String: Double] {
        var values: [String: Double] = [:]
        for (name, value) in zip(Self.statNames, stats) { values[name] = value }
        values["precision"] = precision
        values["recall"] = recall
        values["F1"] = f1
        for metrics in perClass {
            values["AP/" + metrics.name] = metrics.ap
            values["AP50/" + metrics.name] = metrics.ap50
        }
        let more = instanceCount > 0 ? analysis?.values : nil
        return values.merging(more ?? [:]) { own, _ in own }
    }

    /// JSON with sorted keys: equal metrics give equal bytes.
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}

/// How good a detector's boxes are for one class.
public struct ClassMetrics: Codable, Hashable, Sendable {
    public var name: String
    /// Boxes of the ground truth that count.
    public var instances: Int
    public var detections: Int
    /// Averaged over the overlaps 0.50 to 0.95; `nil` without instances.
    public var ap: Double?
    public var ap50: Double?
    /// At `DetectionMetrics.confidence` and overlap 0.5; precision is `nil` where nothing scores that high.
    public var precision, recall, f1: Double?

    enum CodingKeys: String, CodingKey {
        case name, instances, detections, precision, recall
        case ap = "AP"
        case ap50 = "AP50"
        case f1 = "F1"
    }

    /// Writes what is missing as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(instances, forKey: .instances)
        try container.encode(detections, forKey: .detections)
        try container.encode(ap, forKey: .ap)
        try container.encode(ap50, forKey: .ap50)
        try container.encode(precision, forKey: .precision)
        try container.encode(recall, forKey: .recall)
        try container.encode(f1, forKey: .f1)
    }
}

/// Curves at overlap 0.5, each with 101 points over 0, 0.01, … 1; values rounded to six decimals.
public struct DetectionCurves: Codable, Hashable, Sendable {
    public struct Series: Codable, Hashable, Sendable {
        public var name: String
        /// The precision envelope over recall; empty without instances.
        public var precisionOverRecall: [Double]
        /// Over the confidence threshold; `nil` where nothing scores that high.
        public var precision: [Double?]
        /// Over the confidence threshold; empty without instances.
        public var recall: [Double]
        /// Over the confidence threshold; empty without instances.
        public var f1: [Double]

        enum CodingKeys: String, CodingKey {
            case name, precision, recall
            case precisionOverRecall = "precision_over_recall"
            case f1 = "F1"
        }
    }

    /// The mean over classes that have instances.
    public var mean: Series
    public var perClass: [Series]

    enum CodingKeys: String, CodingKey {
        case mean
        case perClass = "per_class"
    }
}

extension DetectionMetrics: Codable {
    enum CodingKeys: String, CodingKey {
        case profile, stats, confidence, precision, recall, curves, confusion, images, notes, analysis
        case imageCount = "image_count"
        case instanceCount = "instance_count"
        case detectionCount = "detection_count"
        case f1 = "F1"
        case perClass = "per_class"
    }

    /// A key that is one of `statNames`; they repeat `stats` for people and are not read back.
    private struct StatKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(profile, forKey: .profile)
        try container.encode(imageCount, forKey: .imageCount)
        try container.encode(instanceCount, forKey: .instanceCount)
        try container.encode(detectionCount, forKey: .detectionCount)
        try container.encode(stats, forKey: .stats)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(precision, forKey: .precision)
        try container.encode(recall, forKey: .recall)
        try container.encode(f1, forKey: .f1)
        try container.encode(perClass, forKey: .perClass)
        try container.encode(curves, forKey: .curves)
        try container.encode(confusion, forKey: .confusion)
        try container.encode(images, forKey: .images)
        try container.encode(notes, forKey: .notes)
        try container.encodeIfPresent(analysis, forKey: .analysis)
        var named = encoder.container(keyedBy: StatKey.self)
        for (name, value) in zip(Self.statNames, stats) { try named.encode(value, forKey: StatKey(stringValue: name)) }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        profile = try container.decode(EvaluationProfile.self, forKey: .profile)
        imageCount = try container.decode(Int.self, forKey: .imageCount)
        instanceCount = try container.decode(Int.self, forKey: .instanceCount)
        detectionCount = try container.decode(Int.self, forKey: .detectionCount)
        stats = try container.decode([Double?].self, forKey: .stats)
        guard stats.count == Self.statNames.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .stats, in: container,
                debugDescription: "\(stats.count) stats, expected \(Self.statNames.count)")
        }
        confidence = try container.decodeIfPresent(Double.self, forKey: .confidence)
        precision = try container.decodeIfPresent(Double.self, forKey: .precision)
        recall = try container.decodeIfPresent(Double.self, forKey: .recall)
        f1 = try container.decodeIfPresent(Double.self, forKey: .f1)
        perClass = try container.decode([ClassMetrics].self, forKey: .perClass)
        curves = try container.decode(DetectionCurves.self, forKey: .curves)
        confusion = try container.decode(ConfusionMatrix.self, forKey: .confusion)
        images = try container.decode([ImageResult].self, forKey: .images)
        notes = try container.decode([String].self, forKey: .notes)
        analysis = try container.decodeIfPresent(ObjectAnalysis.self, forKey: .analysis)
    }
}

/// JSON with sorted keys and indentation.
func sortedJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
        return Array(try encoder.encode(value))
    } catch {
        preconditionFailure("values of this module can always be encoded: \(error)")
    }
}
