import ApusCore

extension COCODataset {
    /// Reads the ground truth of a COCO JSON file: `images`, `categories` and `annotations`; the rest is skipped.
    ///
    /// - Throws: `EvaluationError.malformed` with file and line, `.unreadable`.
    public init(contentsOf path: String) throws(EvaluationError) {
        self.init(images: [], categories: [], annotations: [])
        try readJSON(path) { scanner throws(JSONScanner.Fault) in
            try scanner.object { scanner, key throws(JSONScanner.Fault) in
                switch key {
                case "images": try scanner.array { s throws(JSONScanner.Fault) in images.append(try COCOImage(&s)) }
                case "categories":
                    try scanner.array { s throws(JSONScanner.Fault) in categories.append(try COCOCategory(&s)) }
                case "annotations":
                    try scanner.array { s throws(JSONScanner.Fault) in annotations.append(try COCOAnnotation(&s)) }
                default: try scanner.skip()
                }
            }
        }
    }
}

extension COCODetection {
    /// Reads a COCO results file, `[{"image_id", "category_id", "bbox", "score"}, …]`.
    ///
    /// - Throws: `EvaluationError.malformed` with file and line, `.unreadable`.
    public static func read(contentsOf path: String) throws(EvaluationError) -> [COCODetection] {
        var detections: [COCODetection] = []
        try readJSON(path) { scanner throws(JSONScanner.Fault) in
            try scanner.array { s throws(JSONScanner.Fault) in detections.append(try COCODetection(&s)) }
        }
        return detections
    }
}

/// The metrics of a COCO results file over a COCO ground-truth file.
///
/// - Throws: `EvaluationError` for files that cannot be read or evaluated.
public func evaluateCOCO(
    groundTruth: String, detections: String, profile: EvaluationProfile = .coco, threads: Int = availableCores
) throws(EvaluationError) -> DetectionMetrics {
    try evaluateCOCO(
        COCODataset(contentsOf: groundTruth), detections: COCODetection.read(contentsOf: detections), profile: profile,
        threads: threads)
}

private func readJSON(
    _ path: String, _ body: (inout JSONScanner) throws(JSONScanner.Fault) -> Void
) throws(EvaluationError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .unreadable(error) }
    do throws(JSONScanner.Fault) {
        var scanner = JSONScanner(file.bytes)
        try body(&scanner)
        try scanner.end()
    } catch {
        let line = 1 + file.bytes[..<min(error.offset, file.bytes.count)].count { $0 == 0x0a }
        throw .malformed(path: path, line: line, reason: "\(error.reason) (byte \(error.offset))")
    }
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
            default: try scanner.skip()
            }
        }
        self.id = try required(id, "id", "image", start)
    }
}

extension COCOCategory {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var (id, name): (Int?, String?)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "id": id = try scanner.integer()
            case "name": name = try scanner.string()
            default: try scanner.skip()
            }
        }
        let number = try required(id, "id", "category", start)
        self.init(id: number, name: name ?? "\(number)")
    }
}

extension COCOAnnotation {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var (id, image, category): (Int?, Int?, Int?)
        var (box, area, isCrowd): (COCOBox?, Double?, Bool) = (nil, nil, false)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "id": id = try scanner.integer()
            case "image_id": image = try scanner.integer()
            case "category_id": category = try scanner.integer()
            case "bbox": box = try COCOBox(&scanner)
            case "area": area = try scanner.number()
            case "iscrowd": isCrowd = try scanner.flag()
            default: try scanner.skip()
            }
        }
        self.init(
            id: try required(id, "id", "annotation", start),
            imageID: try required(image, "image_id", "annotation", start),
            categoryID: try required(category, "category_id", "annotation", start),
            box: try required(box, "bbox", "annotation", start), area: area, isCrowd: isCrowd)
    }
}

extension COCODetection {
    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var (image, category): (Int?, Int?)
        var (box, score): (COCOBox?, Double?)
        let start = scanner.offset
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            switch key {
            case "image_id": image = try scanner.integer()
            case "category_id": category = try scanner.integer()
            case "bbox": box = try COCOBox(&scanner)
            case "score": score = try scanner.number()
            default: try scanner.skip()
            }
        }
        self.init(
            imageID: try required(image, "image_id", "detection", start),
            categoryID: try required(category, "category_id", "detection", start),
            box: try required(box, "bbox", "detection", start), score: try required(score, "score", "detection", start))
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

private func required<Value>(
    _ value: Value?, _ key: String, _ what: String, _ offset: Int
) throws(JSONScanner.Fault) -> Value {
    guard let value else { throw JSONScanner.Fault(offset: offset, reason: "this \(what) has no \(key)") }
    return value
}
