/// Counts pixel by pixel which classes are taken for which, and says how well they cover each other.
///
/// Intersection over union of each class over all images together, as PASCAL VOC does
/// (Everingham et al., <https://doi.org/10.1007/s11263-014-0733-5>).
public struct SemanticEvaluator: Metric, Hashable {
    public let classNames: [String]
    /// Pixels that a person marked so do not count.
    public let ignoredIndex: UInt8?
    /// By image id.
    private var images: [Int: PixelMatches.Counts] = [:]

    public init(classNames: [String], ignoredIndex: UInt8? = 255) {
        precondition(classNames.count <= 256, "\(classNames.count) classes do not fit into bytes")
        (self.classNames, self.ignoredIndex) = (classNames, ignoredIndex)
    }

    /// Adds one image; nothing is added where it throws.
    ///
    /// - Parameters:
    ///   - truth: the class of each pixel.
    ///   - prediction: the same pixels in the same order.
    /// - Throws: `EvaluationError` for another number of pixels, classes out of range and a repeated id.
    public mutating func add(truth: [UInt8], prediction: [UInt8], imageID: Int) throws(EvaluationError) {
        guard truth.count == prediction.count else {
            throw .unusableMask(
                entry: "image \(imageID)", reason: "\(prediction.count) pixels of a map, expected \(truth.count)")
        }
        var pairs = [Int](repeating: 0, count: 256 * 256)
        for (marked, found) in zip(truth, prediction) { pairs[Int(marked) << 8 | Int(found)] += 1 }
        guard images[imageID] == nil else { throw .repeatedImage(imageID) }
        var counts: PixelMatches.Counts = []
        for (pair, count) in pairs.enumerated() where count > 0 {
            let (marked, found) = (pair >> 8, pair & 255)
            if marked == ignoredIndex.map(Int.init) { continue }
            let classes = classNames.count
            guard max(marked, found) < classes else {
                throw .labelOutOfRange(max(marked, found), classes: classes, imageID: imageID)
            }
            counts.append(.init(cell: marked * classes + found, pixels: count))
        }
        images[imageID] = counts
    }

    public mutating func merge(_ other: SemanticEvaluator) {
        precondition(classNames == other.classNames, "counts over different classes cannot be merged")
        images.merge(other.images) { own, _ in own }
    }

    public var value: SemanticMetrics {
        var counts = [Int](repeating: 0, count: classNames.count * classNames.count)
        for pair in images.values.joined() { counts[pair.cell] += pair.pixels }
        return SemanticMetrics(classNames: classNames, counts: counts)
    }

    /// The metrics, and the counts behind them for parts of the images and for statistics.
    public func evaluateWithMatches() -> (metrics: SemanticMetrics, matches: MatchedResults) {
        let ids = images.keys.sorted()
        let pixels = PixelMatches(images: ids.map { images[$0] ?? [] })
        return (value, MatchedResults(profile: nil, classNames: classNames, imageIDs: ids, parts: [.pixels(pixels)]))
    }
}

/// How well maps of classes cover each other; `nil` where there is nothing to count.
public struct SemanticMetrics: TaskMetrics, Codable, Hashable {
    public struct Class: Codable, Hashable, Sendable {
        public var name: String
        /// Pixels of the ground truth.
        public var pixels: Int
        /// `nil` where the class is neither there nor predicted.
        public var iou: Double?

        enum CodingKeys: String, CodingKey {
            case name, pixels
            case iou = "IoU"
        }
    }

    /// Over the classes that are there or predicted.
    public var meanIoU: Double?
    /// The part of all pixels that is right.
    public var pixelAccuracy: Double?
    public var perClass: [Class]

    enum CodingKeys: String, CodingKey {
        case meanIoU = "mIoU"
        case pixelAccuracy = "pixel_accuracy"
        case perClass = "per_class"
    }

    /// - Parameter counts: pixels, row-major, `[truth, prediction]`.
    init(classNames: [String], counts: [Int]) {
        let classes = classNames.count
        perClass = classNames.indices.map { index in
            let marked = (0..<classes).reduce(0) { $0 + counts[index * classes + $1] }
            let found = (0..<classes).reduce(0) { $0 + counts[$1 * classes + index] }
            let shared = counts[index * classes + index]
            let either = marked + found - shared
            return Class(
                name: classNames[index], pixels: marked, iou: either == 0 ? nil : Double(shared) / Double(either))
        }
        let overlaps = perClass.compactMap(\.iou)
        meanIoU = overlaps.isEmpty ? nil : overlaps.reduce(0, +) / Double(overlaps.count)
        let total = counts.reduce(0, +)
        let right = (0..<classes).reduce(0) { $0 + counts[$1 * (classes + 1)] }
        pixelAccuracy = total == 0 ? nil : Double(right) / Double(total)
    }

    public var headline: [NamedValue] { [NamedValue("mIoU", meanIoU), NamedValue("pixel_accuracy", pixelAccuracy)] }
    /// `mIoU`, `pixel_accuracy`, and `IoU/CLASS`.
    public var values: [String: Double] {
        var values: [String: Double] = [:]
        values["mIoU"] = meanIoU
        values["pixel_accuracy"] = pixelAccuracy
        for metrics in perClass { values["IoU/" + metrics.name] = metrics.iou }
        return values
    }
    public var fitnessName: String { "mIoU" }
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}
