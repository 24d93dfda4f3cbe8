import ApusCore
import ApusVision

extension COCODataset {
    /// Reads the ground truth of a COCO JSON file: `images`, `categories` and `annotations`; the rest is skipped.
    ///
    /// - Parameter type: what is to be compared; segmentations and keypoints are read only where they are needed.
    /// - Throws: `EvaluationError.malformed` with file and line, `.unreadable`.
    public init(
        contentsOf path: String, for type: COCOEvaluationType = .boxes, threads: Int = availableCores
    ) throws(EvaluationError) {
        self.init(images: [], categories: [], annotations: [])
        let file = try mapped(path)
        let list = PartedList(
            file: file, path: path, partSize: usualPartSize(of: file)
        ) { scanner throws(JSONScanner.Fault) in try COCOAnnotation(&scanner, type) }
        var (isRead, failure, keys): (Bool, EvaluationError?, Set<String>) = (false, nil, [])
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file)
            try scanner.object { scanner, key throws(JSONScanner.Fault) in
                keys.insert(key.text)
                switch key {
                case "images": try scanner.array { s throws(JSONScanner.Fault) in images.append(try COCOImage(&s)) }
                case "categories":
                    try scanner.array { s throws(JSONScanner.Fault) in categories.append(try COCOCategory(&s)) }
                case "annotations":
                    // A second list is read by one thread: many of them would be looked for by many each.
                    guard !isRead else {
                        return try scanner.array { s throws(JSONScanner.Fault) in
                            annotations.append(try COCOAnnotation(&s, type))
                        }
                    }
                    isRead = true
                    guard try scanner.enterArray() else { return }
                    do throws(EvaluationError) {
                        let (blocks, end) = try list.blocks(from: scanner.offset, threads: threads) { found, _ in found
                        }
                        for block in blocks { annotations += block }
                        scanner.resume(at: end)
                    } catch {
                        failure = error
                        throw JSONScanner.Fault(offset: scanner.offset, reason: "an annotation is malformed")
                    }
                default: try scanner.skip()
                }
            }
            try scanner.end()
        } catch {
            throw failure ?? malformed(error, in: file, path)
        }
        if let missing = ["images", "categories", "annotations"].first(where: { !keys.contains($0) }) {
            throw .malformed(path: path, line: 1, reason: "no list “\(missing)”, which a COCO ground truth has")
        }
    }
}

extension COCODetection {
    /// Reads a COCO results file, `[{"image_id", "category_id", "bbox", "score"}, …]`, or with `segmentation` or
    /// `keypoints` in place of `bbox` or beside it.
    ///
    /// - Parameter type: what is to be compared; segmentations and keypoints are read only where they are needed.
    /// - Throws: `EvaluationError.malformed` with file and line, `.unreadable`.
    public static func read(
        contentsOf path: String, for type: COCOEvaluationType = .boxes
    ) throws(EvaluationError) -> [COCODetection] {
        try DetectionFile(path: path, type: type).blocks(threads: availableCores) { found, _ in found }
            .flatMap { $0 }
    }
}

/// The metrics of a COCO results file over a COCO ground-truth file.
///
/// - Throws: `EvaluationError` for files that cannot be read or evaluated.
public func evaluateCOCO(
    groundTruth: String, detections: String, type: COCOEvaluationType = .boxes, profile: EvaluationProfile = .coco,
    sigmas: [Double] = KeypointSigmas.coco, threads: Int = availableCores
) throws(EvaluationError) -> DetectionMetrics {
    try comparedObjects(
        COCODataset(contentsOf: groundTruth, for: type),
        .file(DetectionFile(path: detections, type: type)),
        type: type, profile: profile, sigmas: sigmas, threads: threads
    ).metrics(threads)
}

extension COCOImage {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var id: Int?
        self.init(id: 0)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "id": id = try scanner.integer()
            case "file_name": fileName = try scanner.string()
            case "width": width = try scanner.integer()
            case "height": height = try scanner.integer()
            case "neg_category_ids": absentCategoryIDs = try scanner.integers()
            case "not_exhaustive_category_ids": incompleteCategoryIDs = try scanner.integers()
            default: try scanner.skip()
            }
        }
        self.id = try required(id, "id", "image", start)
    }
}

extension COCOCategory {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var (id, name, frequency): (Int?, String?, String?)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "id": id = try scanner.integer()
            case "name": name = try scanner.string()
            case "frequency": frequency = try scanner.string()
            default: try scanner.skip()
            }
        }
        let number = try required(id, "id", "category", start)
        self.init(id: number, name: name ?? "\(number)", frequency: frequency.flatMap(Frequency.init))
    }
}

extension COCOAnnotation {
    fileprivate init(_ scanner: inout JSONScanner, _ type: COCOEvaluationType) throws(JSONScanner.Fault) {
        var (id, image, category): (Int?, Int?, Int?)
        var (box, area, isCrowd, isDifficult): (COCOBox?, Double?, Bool, Bool) = (nil, nil, false, false)
        var (segmentation, keypoints, count): (COCOSegmentation?, [Double]?, Int?)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "id": id = try scanner.integer()
            case "image_id": image = try scanner.integer()
            case "category_id": category = try scanner.integer()
            case "bbox": box = try COCOBox(&scanner)
            case "area": area = try scanner.number()
            case "iscrowd": isCrowd = try scanner.flag()
            case "ignore", "difficult": isDifficult = try scanner.flag() || isDifficult
            case "segmentation" where type == .masks: segmentation = try COCOSegmentation(&scanner)
            case "keypoints" where type == .keypoints: keypoints = try scanner.numbers()
            case "num_keypoints": count = try scanner.integer()
            default: try scanner.skip()
            }
        }
        self.init(
            id: try required(id, "id", "annotation", start),
            imageID: try required(image, "image_id", "annotation", start),
            categoryID: try required(category, "category_id", "annotation", start),
            box: type == .masks ? box ?? .missing : try required(box, "bbox", "annotation", start), area: area,
            isCrowd: isCrowd, isDifficult: isDifficult, segmentation: segmentation, keypoints: keypoints ?? [],
            keypointCount: count)
    }
}

extension COCODetection {
    init(_ scanner: inout JSONScanner, _ type: COCOEvaluationType) throws(JSONScanner.Fault) {
        var (image, category): (Int?, Int?)
        var (box, score): (COCOBox?, Double?)
        var (segmentation, keypoints): (COCOSegmentation?, [Double]?)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "image_id": image = try scanner.integer()
            case "category_id": category = try scanner.integer()
            case "bbox": box = try COCOBox(&scanner)
            case "score": score = try scanner.number()
            case "segmentation" where type == .masks: segmentation = try COCOSegmentation(&scanner)
            case "keypoints" where type == .keypoints: keypoints = try scanner.numbers()
            default: try scanner.skip()
            }
        }
        self.init(
            imageID: try required(image, "image_id", "detection", start),
            categoryID: try required(category, "category_id", "detection", start),
            box: type == .boxes ? try required(box, "bbox", "detection", start) : box ?? .missing,
            score: try required(score, "score", "detection", start), segmentation: segmentation,
            keypoints: keypoints ?? [])
    }
}

extension COCOBox {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var values = SIMD4<Double>()
        var count = 0
        let start = scanner.offset
        try scanner.array { scanner throws(JSONScanner.Fault) in
            let value = try scanner.number()
            if count < 4 { values[count] = value }
            count += 1
        }
        guard count == 4 else {
            throw JSONScanner.Fault(offset: start, reason: "a bbox of \(count) numbers, expected x, y, width, height")
        }
        self.init(x: values[0], y: values[1], width: values[2], height: values[3])
    }
}

extension COCOSegmentation {
    /// Polygons, or runs as a list or as COCO's text.
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        if scanner.beginsArray {
            var rings: [[Double]] = []
            try scanner.array { scanner throws(JSONScanner.Fault) in rings.append(try scanner.numbers()) }
            self = .polygons(rings)
            return
        }
        let start = scanner.offset
        var (size, counts, text): ([Double], [Double]?, JSONScanner.Key?) = ([], nil, nil)
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "size": size = try scanner.numbers()
            case "counts":
                if scanner.beginsArray { counts = try scanner.numbers() } else { text = try scanner.text() }
            default: try scanner.skip()
            }
        }
        guard let runs = RunLengthMask(size: size, counts: counts, text: text) else {
            throw JSONScanner.Fault(offset: start, reason: "the segmentation's counts do not fill its size")
        }
        self = .runs(runs)
    }
}

extension RunLengthMask {
    /// - Parameter size: height and width.
    fileprivate init?(size: [Double], counts: [Double]?, text: JSONScanner.Key?) {
        guard size.count == 2, let height = Int(exactly: size[0]), let width = Int(exactly: size[1]) else { return nil }
        if let text {
            guard let mask = text.withBytes({ Self(width: width, height: height, compressed: $0) }) else { return nil }
            self = mask
        } else {
            let runs = (counts ?? []).compactMap(Int.init(exactly:))
            guard runs.count == counts?.count else { return nil }
            self.init(width: width, height: height, counts: runs)
        }
    }
}

private func required<Value>(
    _ value: Value?, _ key: String, _ what: String, _ offset: Int
) throws(JSONScanner.Fault) -> Value {
    guard let value else { throw JSONScanner.Fault(offset: offset, reason: "this \(what) has no \(key)") }
    return value
}
