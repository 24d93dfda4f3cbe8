import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusVision

/// Compares class maps with the objects' outlines, pixel by pixel.
///
/// Of objects that lie over each other the smaller is seen. What no object covers, and what the model takes for a
/// class that the dataset does not have, is background; crowds do not count.
struct SemanticMeasure: ObjectMeasure {
    private static let ignored: UInt8 = 255

    private var evaluator: SemanticEvaluator

    /// - Throws: `TrainingError.noOutlines` where there is nothing to compare with; `EvaluationError` for more classes
    ///   than a byte tells apart.
    init(dataset: PreparedDataset, indices: [Int]) throws {
        guard dataset.classNames.count < Int(Self.ignored) else {
            throw EvaluationError.unusableMask(
                entry: dataset.name, reason: "\(dataset.classNames.count) classes, class maps tell 254 apart")
        }
        guard try indices.contains(where: { try !dataset.labeledMasks($0).isEmpty }) else {
            throw TrainingError.noOutlines(dataset: dataset.name)
        }
        let rest = dataset.classNames.contains("background") ? "no class" : "background"
        evaluator = SemanticEvaluator(classNames: [rest] + dataset.classNames, ignoredIndex: Self.ignored)
    }

    mutating func add(_ result: Prediction.Result, of index: Int, in dataset: PreparedDataset) throws {
        guard case .classMap(let found) = result else { return }
        let record = dataset.record(index)
        var map = [UInt8](repeating: 0, count: Int(record.width) * Int(record.height))
        for object in try dataset.labeledMasks(index).sorted(by: { $0.mask.area > $1.mask.area }) {
            object.mask.fill(&map, with: object.isCrowd ? Self.ignored : UInt8(object.label + 1))
        }
        try evaluator.add(truth: map, prediction: found.indices, imageID: index)
    }

    func evaluate() -> MeasuredObjects {
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return (metrics, matches)
    }
}

extension IndexImage {
    /// Each pixel's class as `SemanticMeasure` numbers them: 0 where `map` has none, else one more.
    func relabelled(_ map: (Int) -> Int?) -> IndexImage {
        let table = (0..<256).map { map($0).map { UInt8(clamping: $0 + 1) } ?? 0 }
        return IndexImage(width: width, height: height, indices: indices.map { table[Int($0)] })
    }
}
