import ApusConfiguration
import ApusCore
import ApusRuntime

/// A sidecar that a model's inputs and outputs suggest, and what they do not tell and was taken for granted.
public struct SidecarProposal: Sendable {
    public var sidecar: Sidecar
    public var assumptions: [String]

    /// What is tried, the first that fits is taken.
    private static let guesses: [@Sendable (ModelSignature) -> SidecarProposal?] = [
        yunet, tensorFlowDetector, detectionsWithSizes, selected, torchvisionDetector, scoredBoxes, detr, simcc,
        segments, boxesAndScores, rows, anchors, semantic, classifier,
    ]

    /// - Throws: where no guess fits.
    init(_ session: Session, file: String) throws(InferenceError) {
        let declared = ModelSignature(session, file: file)
        let signature = declared.needsProbe ? declared.probed(session) : declared
        guard signature.pixels != nil, let found = Self.guesses.lazy.compactMap({ $0(signature) }).first else {
            throw .unknownUse(file: file, signature: signature.written)
        }
        self = found
        if !signature.hasFixedSize, sidecar.preprocess.size == nil {
            sidecar.preprocess.size = [signature.probeSide, signature.probeSide]
            assumptions.append("size \(signature.probeSide)×\(signature.probeSide)")
        }
    }

    init(_ decode: any OutputFormat, labels: [String] = [], assuming assumptions: [String] = []) {
        sidecar = Sidecar(decode: decode, labels: labels)
        self.assumptions = assumptions
    }
}

extension ModelSignature {
    /// The side of a square input where the model leaves it open: classifiers take 224 pixels, detectors 640.
    var probeSide: Int { (outputs.first?.shape?.count).map { $0 <= 1 } ?? false ? 224 : 640 }

    var needsProbe: Bool { outputs.contains { $0.shape?.contains(nil) ?? true } }

    /// With the shapes that a run on zeros gives; as it was where that fails.
    func probed(_ session: Session) -> ModelSignature {
        var arrays = [String: NDArray]()
        for input in inputs {
            // Extents are the file's: an input that no memory holds is none to try.
            guard let shape = probeShape(of: input), let count = shape.checkedCount, count <= 1 << 26 else {
                return self
            }
            arrays[input.name] = NDArray(zeros: shape, dataType: input.dataType)
        }
        guard let results = try? session.run(arrays) else { return self }
        return replacingOutputs(
            outputs.map { output in
                guard let array = results[output.name] else { return output }
                let shape = Output.withoutBatch(array.shape.dimensions)
                return Output(name: output.name, shape: shape, dataType: array.dataType)
            })
    }

    private func probeShape(of fact: TensorFact) -> Shape? {
        guard fact.name == pixels?.name else { return Shape(fact.shape?.map { $0 ?? 1 } ?? [1, 2]) }
        guard var extents = fact.shape?.map({ $0 ?? probeSide }), extents.count >= 3 else { return nil }
        let batch = extents.count - 3
        if batch == 1 { extents[0] = 1 }
        extents[isInterleaved ? extents.count - 1 : batch] = channels
        return Shape(extents)
    }
}
