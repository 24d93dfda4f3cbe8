import ApusCore

/// Makes what is compared of the entries of COCO files.
protocol COCOShapes {
    associatedtype Shape: EvaluatedShape

    /// - Parameter index: of the annotation in the dataset.
    func truth(_ annotation: COCOAnnotation, at index: Int) throws(EvaluationError) -> (shape: Shape, isIgnored: Bool)

    /// - Parameter index: of the detection in the list.
    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> Shape
}

/// A COCO dataset and its detections with dense indices.
struct COCOTables<Shape: EvaluatedShape> {
    let imageIDs: [Int]
    let categories: [COCOCategory]
    private(set) var truths: [Truth<Shape>] = []
    private(set) var detections: [Candidate<Shape>] = []
    private(set) var strayDetections = 0
    /// Annotations of images or classes that the file does not list.
    private(set) var strayAnnotations = 0
    private let repeatedImages, repeatedCategories: Int

    init<Shapes: COCOShapes>(
        _ dataset: COCODataset, _ found: [COCODetection], _ shapes: Shapes
    ) throws(EvaluationError) where Shapes.Shape == Shape {
        imageIDs = Set(dataset.images.map(\.id)).sorted()
        var names: [Int: String] = [:]
        for category in dataset.categories { names[category.id] = category.name }
        categories = names.map { COCOCategory(id: $0.key, name: $0.value) }.sorted { $0.id < $1.id }
        repeatedImages = dataset.images.count - imageIDs.count
        repeatedCategories = dataset.categories.count - categories.count
        let images = DenseIndex(imageIDs)
        let classes = DenseIndex(categories.map(\.id))
        try addTruths(dataset.annotations, images, classes, shapes)
        try addDetections(found, images, classes, shapes)
    }

    func problem(profile: EvaluationProfile, type: COCOEvaluationType) -> MatchingProblem<Shape> {
        MatchingProblem(
            profile: profile, detectionLimits: type.detectionLimits, imageCount: imageIDs.count,
            categoryCount: categories.count, truths: truths, detections: limited(detections, profile, imageIDs.count))
    }

    /// What a reader must know to trust the numbers.
    func notes(_ profile: EvaluationProfile) -> [String] {
        var notes: [String] = []
        if profile == .coco, truths.contains(where: { !$0.countsAsFound }) {
            notes.append(
                "annotation id 0: as in pycocotools it never counts as found; number the annotations from 1")
        }
        func note(_ count: Int, _ text: String) {
            if count > 0 { notes.append("\(count) \(text)") }
        }
        note(strayDetections, "detections of classes that the ground truth does not have were left out")
        note(strayAnnotations, "annotations of images or classes that the ground truth does not list were left out")
        note(repeatedImages, "images repeat an id; each id counts once")
        note(repeatedCategories, "classes repeat an id; the last of them gives the name")
        if detections.isEmpty { notes.append("there are no detections of the ground truth's classes") }
        return notes
    }

    private mutating func addTruths<Shapes: COCOShapes>(
        _ annotations: [COCOAnnotation], _ images: DenseIndex, _ classes: DenseIndex, _ shapes: Shapes
    ) throws(EvaluationError) where Shapes.Shape == Shape {
        var seen = Set<Int>(minimumCapacity: annotations.count)
        truths.reserveCapacity(annotations.count)
        for (index, annotation) in annotations.enumerated() {
            guard seen.insert(annotation.id).inserted else { throw .repeatedAnnotation(annotation.id) }
            // As pycocotools: annotations of images or classes that the file does not list are left out.
            guard let image = images[annotation.imageID], let category = classes[annotation.categoryID] else {
                strayAnnotations += 1
                continue
            }
            guard annotation.area.isFinite else {
                throw .notANumber(field: "area", entry: "annotation \(annotation.id)")
            }
            let (shape, isIgnored) = try shapes.truth(annotation, at: index)
            truths.append(
                Truth(
                    image: image, category: category, shape: shape, area: annotation.area,
                    isCrowd: annotation.isCrowd, isIgnored: isIgnored, countsAsFound: annotation.id != 0))
        }
    }

    private mutating func addDetections<Shapes: COCOShapes>(
        _ found: [COCODetection], _ images: DenseIndex, _ classes: DenseIndex, _ shapes: Shapes
    ) throws(EvaluationError) where Shapes.Shape == Shape {
        detections.reserveCapacity(found.count)
        for (index, detection) in found.enumerated() {
            guard let image = images[detection.imageID] else {
                throw .unknownImage(detection.imageID, entry: "detection \(index)")
            }
            guard !detection.score.isNaN else { throw .notANumber(field: "score", entry: "detection \(index)") }
            let shape = try shapes.detection(detection, at: index)
            guard let category = classes[detection.categoryID] else {
                strayDetections += 1
                continue
            }
            detections.append(
                Candidate(image: image, category: category, shape: shape, score: detection.score))
        }
    }
}

/// Boxes as they stand in the files.
struct BoxShapes: COCOShapes {
    func truth(
        _ annotation: COCOAnnotation, at index: Int
    ) throws(EvaluationError) -> (shape: COCOBox, isIgnored: Bool) {
        guard annotation.box.isFinite else { throw .notANumber(field: "box", entry: "annotation \(annotation.id)") }
        return (annotation.box, false)
    }

    func detection(_ detection: COCODetection, at index: Int) throws(EvaluationError) -> COCOBox {
        guard detection.box.isFinite else { throw .notANumber(field: "box", entry: "detection \(index)") }
        return detection.box
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
