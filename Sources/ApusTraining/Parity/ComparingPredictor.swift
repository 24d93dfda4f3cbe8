import ApusCore
import ApusDatasets
import ApusInference
import ApusModels
import ApusVision

/// One engine's outputs, compared with another's on every batch as it passes.
final class ComparingPredictor: BatchPredictor {
    private let engine, reference: any BatchPredictor
    private let task: ModelTask
    private let classCount: Int
    private(set) var agreement = BoxAgreement()
    private var objects: ObjectDifferences?
    private var others: [OutputDifference] = []

    init(_ engine: any BatchPredictor, beside reference: any BatchPredictor, task: ModelTask, classCount: Int) {
        (self.engine, self.reference, self.task, self.classCount) = (engine, reference, task, classCount)
    }

    var differences: [OutputDifference] { objects?.all ?? others }

    func outputs(for batch: Batch) throws -> [NDArray] {
        let (found, expected) = (try engine.outputs(for: batch), try reference.outputs(for: batch))
        guard found.map(\.shape) == expected.map(\.shape) else {
            throw TrainingError.outputs(
                found: found.map { "\($0.shape)" }, expected: expected.map { "\($0.shape)" }.joined(separator: ", "))
        }
        for place in 0..<batch.count {
            let own = zip(expected, found).map { ($0.image(place, of: batch.count), $1.image(place, of: batch.count)) }
            task == .classify || task == .keypoints ? compareValues(own) : compareObjects(own, batch)
        }
        return found
    }

    private func compareValues(_ pairs: [(NDArray, NDArray)]) {
        if others.isEmpty { others = pairs.indices.map { OutputDifference("output\($0)") } }
        for (index, pair) in pairs.enumerated() {
            let (a, b): ([Float], [Float]) = (pair.0.elements(), pair.1.elements())
            others[index].add(a, b)
            agreement.addPeaks(a, b, rows: task == .classify ? 1 : pair.0.shape[1])
        }
    }

    private func compareObjects(_ pairs: [(NDArray, NDArray)], _ batch: Batch) {
        var objects =
            self.objects
            ?? ObjectDifferences(
                ModelDescription.Task(task), classCount: classCount, width: batch.width, height: batch.height)
        guard let (a, b) = pairs.first else { return }
        objects.add(a, b)
        if pairs.count > 1 { objects.addPrototypes(pairs[1].0, pairs[1].1) }
        self.objects = objects
        agreement.add(boxes(a), boxes(b), overlap: ParitySuite.overlap)
    }

    /// What a user would see, in the pixels of the input.
    private func boxes(_ output: NDArray) -> [Detection] {
        let (rows, anchors) = (4 + classCount, output.shape[2])
        return output.withElements(of: Float.self) {
            DetectionDecoder(classCount: classCount)
                .decode(UnsafeBufferPointer(rebasing: $0[..<(rows * anchors)]), anchors: anchors)
        }
    }
}

extension BoxAgreement {
    /// Counts the rows whose largest value is at the same place.
    mutating func addPeaks(_ a: [Float], _ b: [Float], rows: Int) {
        let length = a.count / max(rows, 1)
        guard length > 0 else { return }
        for row in 0..<rows {
            let range = row * length..<(row + 1) * length
            total += 1
            if peak(a[range]) == peak(b[range]) { matched += 1 }
        }
    }

    private func peak(_ values: ArraySlice<Float>) -> Int? { values.indices.max { values[$0] < values[$1] } }
}
