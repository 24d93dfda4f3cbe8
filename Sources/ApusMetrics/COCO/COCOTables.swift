import ApusCore

/// Makes what is compared of the entries of COCO files.
protocol COCOShapes: Sendable {
    associatedtype Shape: EvaluatedShape

    func truth(_ annotation: COCOAnnotation) throws(EvaluationError) -> (
        shape: Shape, isIgnored: Bool
    )

    /// - Parameter index: of the detection in the file.
    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> Shape
}

/// A COCO dataset with dense indices, and what detections become beside it.
struct COCOTables<Shapes: COCOShapes>: Sendable {
    typealias Shape = Shapes.Shape

    let scheme: StatisticsScheme
    let imageIDs: [Int]
    let categories: [COCOCategory]
    let truths: [Truth<Shape>]
    private(set) var blocks: [DetectionBlock<Shape>] = []
    private let images, classes: DenseIndex
    private let shapes: Shapes
    private let remarks: DatasetRemarks
    private let federation: FederatedLabels?

    init(
        _ dataset: COCODataset, _ shapes: Shapes, type: COCOEvaluationType, profile: EvaluationProfile,
        threads: Int
    ) throws(EvaluationError) {
        (scheme, self.shapes) = (StatisticsScheme(profile: profile, type: type), shapes)
        imageIDs = Set(dataset.images.map(\.id)).sorted()
        var byID: [Int: COCOCategory] = [:]
        for category in dataset.categories { byID[category.id] = category }
        categories = byID.values.sorted { $0.id < $1.id }
        let (images, classes) = (DenseIndex(imageIDs), DenseIndex(categories.map(\.id)))
        (self.images, self.classes) = (images, classes)
        try checkIDs(of: dataset.annotations)
        let parts = try blockwise(dataset.annotations, threads: threads) { annotations, _ throws(EvaluationError) in
            var truths: [Truth<Shape>] = []
            for annotation in annotations {
                guard let truth = try Truth(annotation, images, classes, shapes, profile) else { continue }
                truths.append(truth)
            }
            return truths
        }
        truths = parts.flatMap { $0 }
        remarks = DatasetRemarks(
            dataset, images: imageIDs.count, categories: categories.count, truths: truths,
            profile: profile)
        federation = profile == .lvis ? FederatedLabels(dataset, truths, images, classes) : nil
    }

    var type: COCOEvaluationType { scheme.type }
    var profile: EvaluationProfile { scheme.profile }
    /// Detections of classes that the dataset does not have; they are left out, as in pycocotools.
    var strayDetections: Int { blocks.reduce(0) { $0 + $1.strays } }
    var zeroAnnotationIDs: Int { truths.count { !$0.countsAsFound } }

    /// Detections as they stand one after another in a file, with dense indices.
    ///
    /// - Parameter first: the index of the first in the file, for errors.
    func block(
        _ found: some RandomAccessCollection<COCODetection>, first: Int
    ) throws(EvaluationError) -> DetectionBlock<Shape> {
        var block = DetectionBlock<Shape>()
        block.candidates.reserveCapacity(found.count)
        for (offset, detection) in found.enumerated() {
            let index = first + offset
            guard let image = images[detection.imageID] else {
                throw .unknownImage(detection.imageID, entry: "detection \(index)")
            }
            guard !detection.score.isNaN else {
                throw .notANumber(field: "score", entry: "detection \(index)")
            }
            let shape = try shapes.detection(detection, at: index)
            let category = classes[detection.categoryID]
            if category == nil { block.strays += 1 }
            // In LVIS they take places among an image's most confident.
            guard category != nil || profile == .lvis else { continue }
            block.candidates.append(
                Candidate(image: image, category: category ?? -1, shape: shape, score: detection.score))
        }
        if !profile.limitsImages { block.candidates = block.candidates.sortedByCategory() }
        return block
    }

    /// Takes all of a file's detections in.
    mutating func take(_ blocks: [DetectionBlock<Shape>]) {
        self.blocks = blocks
        guard profile.limitsImages else { return }
        var kept = limited(detections, profile, imageIDs.count)
        if let federation { kept = federation.applied(to: kept) }
        self.blocks = [DetectionBlock(candidates: kept.sortedByCategory(), strays: strayDetections)]
    }

    var detections: [Candidate<Shape>] { blocks.flatMap(\.candidates) }

    /// What a reader must know to trust the numbers.
    var notes: [String] {
        var notes = remarks.notes(profile)
        if strayDetections > 0 {
            notes.append(
                "\(strayDetections) detections of classes that the ground truth does not have were left out"
            )
        }
        if blocks.allSatisfy(\.candidates.isEmpty) {
            notes.append("there are no detections of the ground truth's classes")
        }
        return notes
    }
}

/// Detections that stand together in a file.
struct DetectionBlock<Shape: EvaluatedShape>: Sendable {
    var candidates: [Candidate<Shape>] = []
    /// Detections of classes that the dataset does not have.
    var strays = 0
}

extension Truth {
    /// As pycocotools: `nil` for annotations of images or classes that the file does not list.
    fileprivate init?<Shapes: COCOShapes>(
        _ annotation: COCOAnnotation, _ images: DenseIndex, _ classes: DenseIndex, _ shapes: Shapes,
        _ profile: EvaluationProfile
    ) throws(EvaluationError) where Shapes.Shape == Shape {
        guard let image = images[annotation.imageID], let category = classes[annotation.categoryID]
        else { return nil }
        guard annotation.area.isFinite else {
            throw .notANumber(field: "area", entry: "annotation \(annotation.id)")
        }
        let (shape, isIgnored) = try shapes.truth(annotation)
        self.init(
            image: image, category: category, shape: shape, area: annotation.area,
            isCrowd: annotation.isCrowd,
            isIgnored: isIgnored || annotation.isDifficult && profile != .coco,
            countsAsFound: annotation.id != 0)
    }
}

private func checkIDs(of annotations: [COCOAnnotation]) throws(EvaluationError) {
    var seen = Set<Int>(minimumCapacity: annotations.count)
    for annotation in annotations {
        guard seen.insert(annotation.id).inserted else { throw .repeatedAnnotation(annotation.id) }
    }
}

/// `body` of parts of a list and the index of each part's first element, in parallel; the first error is thrown.
func blockwise<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int,
    _ body: @Sendable (ArraySlice<Element>, Int) throws(EvaluationError) -> Result
) throws(EvaluationError) -> [Result] {
    let size = 1024
    let outcomes = parallelMap((elements.count + size - 1) / size, threads: threads) { part in
        Swift.Result { () throws(EvaluationError) in
            try body(elements[part * size..<min(elements.count, (part + 1) * size)], part * size)
        }
    }
    var results: [Result] = []
    for outcome in outcomes { results.append(try outcome.get()) }
    return results
}

/// Boxes as they stand in the files.
struct BoxShapes: COCOShapes {
    func truth(_ annotation: COCOAnnotation) throws(EvaluationError) -> (
        shape: COCOBox, isIgnored: Bool
    ) {
        guard annotation.box.isFinite else {
            throw .notANumber(field: "box", entry: "annotation \(annotation.id)")
        }
        return (annotation.box, false)
    }

    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> COCOBox {
        guard detection.box.isFinite else {
            throw .notANumber(field: "box", entry: "detection \(index)")
        }
        return detection.box
    }
}

/// The place of each id in a sorted list of ids; a plain table where the ids are small.
struct DenseIndex: Sendable {
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
