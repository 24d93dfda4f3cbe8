import ApusConfiguration
import ApusCore
import ApusRuntime

/// A sidecar that a model's inputs and outputs suggest, and what they do not tell and was taken for granted.
public struct SidecarProposal: Sendable {
    public var sidecar: Sidecar
    public var assumptions: [String]

    /// What is tried, the first that fits is taken.
    private static let guesses: [@Sendable (ModelSignature) -> SidecarProposal?] = [
        yunet, tensorFlowDetector, detectionsWithSizes, selected, torchvisionDetector, scoredBoxes, detr,
        boxesAndScores, rows, anchors,
        classifier,
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
        let inputs = inputs.map { ($0.name, zeros(for: $0)) }
        guard let results = try? session.run(Dictionary(inputs, uniquingKeysWith: { first, _ in first })) else {
            return self
        }
        return replacingOutputs(
            outputs.map { output in
                guard let array = results[output.name] else { return output }
                return Output(
                    name: output.name, shape: Output.withoutBatch(array.shape.dimensions), dataType: array.dataType)
            })
    }

    private func zeros(for fact: TensorFact) -> NDArray {
        guard fact.name == pixels?.name else {
            return NDArray(zeros: Shape(fact.shape?.map { $0 ?? 1 } ?? [1, 2]), dataType: fact.dataType)
        }
        var extents = (fact.shape ?? [1, nil, nil, nil]).map { $0 ?? probeSide }
        let batch = extents.count - 3
        if batch == 1 { extents[0] = 1 }
        extents[isInterleaved ? extents.count - 1 : batch] = channels
        return NDArray(zeros: Shape(extents), dataType: fact.dataType)
    }
}
