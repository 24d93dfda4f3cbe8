import ApusCore

/// COCO box evaluation, equal to pycocotools 2.0.11 in every number.
///
/// Lin et al., *Microsoft COCO: Common Objects in Context*, <https://arxiv.org/abs/1405.0312>;
/// definition of the numbers: <https://cocodataset.org/#detection-eval>.
///
///     let evaluation = try COCOEvaluation(dataset, detections: found)
///     evaluation.stats[0]   // AP averaged over the overlaps 0.50 to 0.95
public struct COCOEvaluation: Sendable {
    /// The classes in the order of every array's K: ascending ids.
    public let categories: [COCOCategory]
    /// Detections of classes that the dataset does not have; they are left out, as in pycocotools.
    public let strayDetections: Int
    /// Annotations with id 0, which pycocotools never counts as found; number the annotations from 1 to mend it.
    public let zeroAnnotationIDs: Int
    let results: [CategoryResult]

    /// - Throws: `EvaluationError` for repeated annotation ids, unknown images and values that are not finite.
    public init(
        _ dataset: COCODataset, detections: [COCODetection], threads: Int = availableCores
    ) throws(EvaluationError) {
        let tables = try COCOTables(dataset, detections: detections)
        categories = tables.categories
        strayDetections = tables.strayDetections
        zeroAnnotationIDs = tables.truths.count { !$0.countsAsFound }
        results = CategoryResult.all(of: tables.problem(profile: .coco), threads: threads)
    }

    /// pycocotools' twelve numbers in its order: AP, AP50, AP75, AP small, medium, large, AR with 1, 10 and 100
    /// detections, AR small, medium, large; −1 where no class has a truth.
    public var stats: [Double] { cocoStatistics(results) }

    /// `[T, R, K, A, M]`: 10 overlaps × 101 recalls × classes × 4 area ranges × 3 detection limits, row-major.
    public var precision: [Double] { gathered(recalls: COCOConstants.recallCount, \.precision) }
    /// The score at which each precision holds; same shape as `precision`.
    public var scores: [Double] { gathered(recalls: COCOConstants.recallCount, \.scores) }
    /// `[T, K, A, M]`, row-major.
    public var recall: [Double] { gathered(recalls: 1, \.recall) }

    /// The order of pycocotools' arrays from the arrays of each class.
    private func gathered(recalls: Int, _ values: KeyPath<CategoryCurves, [Double]>) -> [Double] {
        let columns = results.map { $0.curves[keyPath: values] }
        var array: [Double] = []
        array.reserveCapacity(COCOConstants.overlapCount * recalls * columns.count * 12)
        for overlap in 0..<COCOConstants.overlapCount {
            for recall in 0..<recalls {
                for column in columns {
                    for area in 0..<4 {
                        for limit in 0..<3 {
                            let cell = CategoryCurves.cell(area: area, limit: limit, overlap: overlap)
                            array.append(column[cell * recalls + recall])
                        }
                    }
                }
            }
        }
        return array
    }
}

/// A COCO dataset and its detections with dense indices.
struct COCOTables {
    let imageIDs: [Int]
    let categories: [COCOCategory]
    private(set) var truths: [Truth] = []
    private(set) var detections: [Candidate] = []
    private(set) var strayDetections = 0

    init(_ dataset: COCODataset, detections found: [COCODetection]) throws(EvaluationError) {
        imageIDs = Set(dataset.images.map(\.id)).sorted()
        var names: [Int: String] = [:]
        for category in dataset.categories { names[category.id] = category.name }
        categories = names.map { COCOCategory(id: $0.key, name: $0.value) }.sorted { $0.id < $1.id }
        let images = DenseIndex(imageIDs)
        let classes = DenseIndex(categories.map(\.id))
        try addTruths(dataset.annotations, images, classes)
        try addDetections(found, images, classes)
    }

    func problem(profile: EvaluationProfile) -> MatchingProblem {
        MatchingProblem(
            profile: profile, imageCount: imageIDs.count, categoryCount: categories.count, truths: truths,
            detections: detections)
    }

    private mutating func addTruths(
        _ annotations: [COCOAnnotation], _ images: DenseIndex, _ classes: DenseIndex
    ) throws(EvaluationError) {
        var seen = Set<Int>(minimumCapacity: annotations.count)
        truths.reserveCapacity(annotations.count)
        for annotation in annotations {
            guard seen.insert(annotation.id).inserted else { throw .repeatedAnnotation(annotation.id) }
            guard annotation.box.isFinite, annotation.area.isFinite else {
                throw .notANumber(field: "box", entry: "annotation \(annotation.id)")
            }
            // As pycocotools: annotations of images or classes that the file does not list are left out.
            guard let image = images[annotation.imageID], let category = classes[annotation.categoryID] else {
                continue
            }
            truths.append(
                Truth(
                    image: image, category: category, box: annotation.box, area: annotation.area,
                    isCrowd: annotation.isCrowd, countsAsFound: annotation.id != 0))
        }
    }

    private mutating func addDetections(
        _ found: [COCODetection], _ images: DenseIndex, _ classes: DenseIndex
    ) throws(EvaluationError) {
        detections.reserveCapacity(found.count)
        for (index, detection) in found.enumerated() {
            guard let image = images[detection.imageID] else {
                throw .unknownImage(detection.imageID, entry: "detection \(index)")
            }
            guard !detection.score.isNaN else { throw .notANumber(field: "score", entry: "detection \(index)") }
            guard detection.box.isFinite else { throw .notANumber(field: "box", entry: "detection \(index)") }
            guard let category = classes[detection.categoryID] else {
                strayDetections += 1
                continue
            }
            detections.append(
                Candidate(image: image, category: category, box: detection.box, score: detection.score))
        }
    }
}

/// The place of each id in a sorted list of ids; a plain table where the ids are small.
private struct DenseIndex {
    private var table: [Int32] = []
    private var dictionary: [Int: Int32] = [:]

    init(_ ids: [Int]) {
        guard let first = ids.first, let last = ids.last else { return }
        if first >= 0, last < max(4 * ids.count, 1 << 20) {
            table = Array(repeating: -1, count: last + 1)
            for (index, id) in ids.enumerated() { table[id] = Int32(index) }
        } else {
            dictionary = Dictionary(uniqueKeysWithValues: zip(ids, 0...).map { ($0, Int32($1)) })
        }
    }

    subscript(id: Int) -> Int32? {
        if table.isEmpty { return dictionary[id] }
        guard table.indices.contains(id), table[id] >= 0 else { return nil }
        return table[id]
    }
}
