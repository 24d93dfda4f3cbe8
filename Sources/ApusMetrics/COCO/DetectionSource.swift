import ApusCore

/// Where detections come from.
enum DetectionSource {
    case list([COCODetection])
    case file(DetectionFile)

    func first() throws(EvaluationError) -> COCODetection? {
        switch self {
        case .list(let detections): detections.first
        case .file(let file): try file.first()
        }
    }

    /// All detections in their order, as `make` packs them.
    func blocks<Block: Sendable>(
        threads: Int,
        _ make: @Sendable (ArraySlice<COCODetection>, Int) throws(EvaluationError) -> Block
    ) throws(EvaluationError) -> [Block] {
        switch self {
        case .list(let detections): try blockwise(detections, threads: threads, make)
        case .file(let file):
            try file.blocks(threads: threads) { found, first throws(EvaluationError) in try make(found[...], first) }
        }
    }
}

/// What every kind of evaluation asks of its objects.
///
/// Closures rather than a protocol: each is compiled for its shape, where a protocol's methods would be generic code
/// that takes several times as long.
struct ComparedObjects: Sendable {
    let scheme: StatisticsScheme
    let imageIDs: [Int]
    let categories: [COCOCategory]
    let strayDetections, zeroAnnotationIDs: Int
    let notes: [String]
    /// The matches and the curves of every class, by so many threads.
    let results: @Sendable (_ threads: Int) -> [CategoryResult]
    /// The numbers of every class alone.
    let classes: @Sendable (_ threads: Int) -> [ClassEvaluation]
    let metrics: @Sendable (_ threads: Int) -> DetectionMetrics

    init<Shapes: COCOShapes>(_ tables: COCOTables<Shapes>) {
        (scheme, imageIDs, categories) = (tables.scheme, tables.imageIDs, tables.categories)
        (strayDetections, zeroAnnotationIDs) = (tables.strayDetections, tables.zeroAnnotationIDs)
        notes = tables.notes
        results = { tables.results(threads: $0) }
        classes = { tables.classes(threads: $0) }
        metrics = { tables.metrics(threads: $0) }
    }
}

/// The objects of a ground truth and of detections, ready to be compared.
func comparedObjects(
    _ dataset: COCODataset, _ source: DetectionSource, type: COCOEvaluationType,
    profile: EvaluationProfile,
    sigmas: [Double], threads: Int
) throws(EvaluationError) -> ComparedObjects {
    func tables<Shapes: COCOShapes>(_ shapes: Shapes) throws(EvaluationError) -> ComparedObjects {
        var tables = try COCOTables(dataset, shapes, type: type, profile: profile, threads: threads)
        let empty = tables
        tables.take(
            try source.blocks(threads: threads) { found, first throws(EvaluationError) in
                try empty.block(found, first: first)
            })
        return ComparedObjects(tables)
    }
    switch type {
    case .boxes: return try tables(BoxShapes())
    case .masks: return try tables(MaskShapes(dataset, first: source.first()))
    case .keypoints: return try tables(PoseShapes(sigmas: sigmas, profile: profile))
    }
}

extension COCOTables {
    func results(threads: Int) -> [CategoryResult] {
        CategoryResult.all(
            of: MatchingProblem(
                profile: profile, detectionLimits: type.detectionLimits, imageCount: imageIDs.count,
                categoryCount: categories.count, truths: truths, detections: detections),
            threads: threads)
    }

    func metrics(threads: Int) -> DetectionMetrics {
        evaluateObjects(
            profile: profile, detectionLimits: type.detectionLimits, imageIDs: imageIDs,
            classNames: categories.map(\.name), truths: truths, detections: detections, notes: notes,
            threads: threads
        ).metrics
    }
}
