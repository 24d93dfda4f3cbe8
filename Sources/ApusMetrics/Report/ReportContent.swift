import ApusVision

/// What a task's metrics have to say in a report.
struct ReportContent {
    /// A number at the top of the page.
    struct Card {
        var title: String
        /// In `TaskMetrics.values`, for its interval and its change.
        var name: String
        var value: Double?
        var isCount = false
    }

    var summary = ""
    var cards: [Card] = []
    var notes: [String] = []
    var sections: [ReportSection] = []
    var classNames: [String] = []
    /// The metrics that tables of parts and differences show.
    var mainNames: [String] = []
    /// What kinds of errors cost, by name.
    var costNames: [String] = []
    /// What stands before a class's name in `TaskMetrics.values`.
    var classPrefixes: [String] = []
    private var images: Images = .none

    private enum Images {
        case none
        case objects([ImageResult])
        case classes([ClassifiedImage])
    }

    init(_ metrics: any TaskMetrics) {
        switch metrics {
        case let metrics as DetectionMetrics: describe(metrics)
        case let metrics as SegmentationMetrics: describe(metrics)
        case let metrics as PoseMetrics: describe(metrics)
        case let metrics as ClassifierMetrics: describe(metrics)
        case let metrics as SemanticMetrics: describe(metrics)
        default: describe(plain: metrics)
        }
    }

    private mutating func describe(_ metrics: DetectionMetrics) {
        describe(objects: metrics, prefix: "")
        cards = [
            Card(title: "mAP50-95", name: "mAP50-95", value: metrics.mAP50_95),
            Card(title: "mAP50", name: "mAP50", value: metrics.mAP50),
            Card(title: "precision", name: "precision", value: metrics.precision),
            Card(title: "recall", name: "recall", value: metrics.recall),
            Card(title: "F1", name: "F1", value: metrics.f1),
            Card(title: "at confidence", name: "", value: metrics.confidence),
        ]
        mainNames = ["mAP50-95", "mAP50", "precision", "recall", "F1"]
        sections = ObjectSections(metrics).all
    }

    private mutating func describe(_ metrics: SegmentationMetrics) {
        describe(objects: metrics.masks, prefix: "mask/")
        cards = [
            Card(title: "mask mAP50-95", name: "mask/mAP50-95", value: metrics.masks.mAP50_95),
            Card(title: "mask mAP50", name: "mask/mAP50", value: metrics.masks.mAP50),
            Card(title: "mask F1", name: "mask/F1", value: metrics.masks.f1),
            Card(title: "box mAP50-95", name: "mAP50-95", value: metrics.boxes.mAP50_95),
            Card(title: "box mAP50", name: "mAP50", value: metrics.boxes.mAP50),
            Card(title: "at confidence", name: "", value: metrics.masks.confidence),
        ]
        mainNames = ["mask/mAP50-95", "mask/mAP50", "mask/F1", "mAP50-95", "mAP50"]
        sections = ObjectSections(metrics.masks, noun: "masks").all + [folded(metrics.boxes)]
    }

    private mutating func describe(_ metrics: PoseMetrics) {
        describe(objects: metrics.poses, prefix: "pose/")
        let accuracy = metrics.keypoints.all
        cards = [
            Card(title: "pose mAP50-95", name: "pose/mAP50-95", value: metrics.poses.mAP50_95),
            Card(title: "pose mAP50", name: "pose/mAP50", value: metrics.poses.mAP50),
            Card(title: "PCK at 0.1", name: "pose/PCK-0.1", value: accuracy.pck.count > 1 ? accuracy.pck[1] : nil),
            Card(title: "mean OKS", name: "pose/mean_OKS", value: accuracy.oks),
        ]
        if let boxes = metrics.boxes {
            cards.append(Card(title: "box mAP50-95", name: "mAP50-95", value: boxes.mAP50_95))
        }
        cards.append(Card(title: "at confidence", name: "", value: metrics.poses.confidence))
        mainNames = ["pose/mAP50-95", "pose/mAP50", "pose/PCK-0.1", "pose/mean_OKS"]
        if metrics.boxes != nil { mainNames.append("mAP50-95") }
        var objects = ObjectSections(metrics.poses, noun: "poses")
        if metrics.stats.count > 5 { objects.recall = metrics.stats[5] }
        sections = [keypointSection(metrics.keypoints)] + objects.all + (metrics.boxes.map { [folded($0)] } ?? [])
    }

    private mutating func describe(_ metrics: ClassifierMetrics) {
        classNames = metrics.classes.perClass.map(\.name)
        summary = "\(metrics.images.count) images, \(classNames.count) classes"
        cards = [
            Card(title: "top-1", name: "top1", value: metrics.top1),
            Card(title: "top-5", name: "top5", value: metrics.top5),
            Card(title: "balanced accuracy", name: "balanced_accuracy", value: metrics.classes.balancedAccuracy),
            Card(title: "macro F1", name: "macro_F1", value: metrics.classes.macroF1),
            Card(title: "calibration error", name: "ECE", value: metrics.calibration.expectedError),
        ]
        mainNames = ["top1", "top5", "balanced_accuracy", "macro_F1", "ECE"]
        classPrefixes = ["F1/", "recall/"]
        sections = ClassifierSections(metrics).all
        images = .classes(metrics.images)
    }

    private mutating func describe(_ metrics: SemanticMetrics) {
        classNames = metrics.perClass.map(\.name)
        summary = "\(classNames.count) classes, \(metrics.perClass.reduce(0) { $0 + $1.pixels }) pixels"
        cards = [
            Card(title: "mean IoU", name: "mIoU", value: metrics.meanIoU),
            Card(title: "pixel accuracy", name: "pixel_accuracy", value: metrics.pixelAccuracy),
        ]
        mainNames = ["mIoU", "pixel_accuracy"]
        classPrefixes = ["IoU/"]
        let rows = metrics.perClass.map { ($0.name, [ReportTable.Cell.bar($0.iou), .count($0.pixels)]) }
        let table = ReportTable(columns: ["class", "IoU", "pixels"], rows: rows, style: "classes")
        sections = [ReportSection(id: "classes", title: "Classes", body: table.html)]
    }

    private mutating func describe(plain metrics: any TaskMetrics) {
        cards = metrics.headline.map { Card(title: $0.name, name: $0.name, value: $0.value) }
        mainNames = metrics.headline.map(\.name)
    }

    private mutating func describe(objects metrics: DetectionMetrics, prefix: String) {
        classNames = metrics.perClass.map(\.name)
        summary =
            "\(metrics.imageCount) images, \(metrics.instanceCount) objects, \(metrics.detectionCount) detections; "
            + "profile \(metrics.profile.rawValue)"
        notes = metrics.notes
        classPrefixes = [prefix + "AP/", prefix + "AP50/"]
        costNames = ErrorKind.allCases.map { "\(prefix)dAP-\($0.rawValue)" }
        images = .objects(metrics.images)
    }

    private func folded(_ boxes: DetectionMetrics) -> ReportSection {
        let inside = ObjectSections(boxes, noun: "boxes", idPrefix: "box-").all.map {
            "<h3>\(escaped($0.title))</h3>\($0.body)"
        }
        return ReportSection(id: "boxes", title: "The same of boxes", body: inside.joined(), isFolded: true)
    }

    private func keypointSection(_ keypoints: KeypointMetrics) -> ReportSection {
        let rows = ([keypoints.all] + keypoints.perPoint).map { point in
            (point.name, [.count(point.marked)] + point.pck.map { .number($0) } + [ReportTable.Cell.bar(point.oks)])
        }
        let table = ReportTable(
            columns: ["point", "marked"] + KeypointAccuracy.thresholds.map { "PCK \($0)" } + ["OKS"], rows: rows,
            style: "classes")
        return ReportSection(
            id: "keypoints", title: "Keypoints",
            body: """
                <p>PCK: found within a part of the longer side of the object's box. OKS: mean likeness. An object that \
                was not found is far away.</p>\(table.html)
                """)
    }

    /// Images that have a name, the worst first; `nil` for a task that does not judge single images.
    func imageTable(_ names: [Int: String]) -> ReportTable? {
        switch images {
        case .none: return nil
        case .objects(let results):
            let rows = results.compactMap { result in
                names[result.imageID].map { name -> (String, [ReportTable.Cell]) in
                    let counts = [
                        result.errors, result.falseNegatives, result.falsePositives, result.truePositives,
                    ]
                    return (name, counts.map { .count($0) })
                }
            }
            return ReportTable(columns: ["image", "errors", "missed", "wrong", "found"], rows: rows)
        case .classes(let results):
            let rows = results.compactMap { result in
                names[result.imageID].map { name -> (String, [ReportTable.Cell]) in
                    let (label, guess) = (classNames[result.label], classNames[result.prediction])
                    return (name, [.text(label), .text(guess), .number(result.confidence)])
                }
            }
            return ReportTable(columns: ["image", "is", "taken for", "confidence"], rows: rows)
        }
    }
}
