import ApusCore
import ApusONNX
import ApusRuntime

/// What became of a case.
enum Verdict: Equatable {
    case passed
    /// It was computed, wrongly.
    case failed(String)
    /// A typed error said why it is not computed.
    case refused(String)

    /// The worst of two: wrong before refused before right.
    func combined(with other: Verdict) -> Verdict {
        switch (self, other) {
        case (.failed, _), (_, .passed): self
        case (_, .failed), (.passed, _): other
        case (.refused, .refused): self
        }
    }
}

extension ConformanceCase {
    /// The verdict over all data sets and all of `kernels`.
    func verdict(on kernels: [KernelSet], threads: Int) -> Verdict {
        kernels.reduce(.passed) { verdict, set in
            if case .failed = verdict { return verdict }
            return verdict.combined(with: self.verdict(on: set, threads: threads, names: kernels.count > 1))
        }
    }

    private func verdict(on kernels: KernelSet, threads: Int, names: Bool) -> Verdict {
        do {
            guard let fault = try fault(on: kernels, threads: threads) else { return .passed }
            if let reason = DisputedCases.reasons[name] { return .refused("disputed: \(reason)") }
            return .failed(names ? "\(kernels.rawValue): \(fault)" : fault)
        } catch {
            return .refused("\(error)")
        }
    }

    /// The first difference from what is expected.
    private func fault(on kernels: KernelSet, threads: Int) throws -> String? {
        let model = try model()
        let session = try Session(model: model, options: kernels.options(threads: threads))
        let dataSets = try dataSets(for: model.graph)
        let tolerance = model.graph.drawsNumbers ? CaseTolerance.random : .onnx
        guard !dataSets.isEmpty else { return "no test_data_set_0" }
        for dataSet in dataSets {
            if let fault = dataSet.difference(of: try session.run(values: dataSet.inputs), tolerance) { return fault }
            if let fault = try repeatedFault(of: dataSet, session, tolerance) { return "repeated: \(fault)" }
        }
        return nil
    }

    /// The same in a run that may repeat the kernel calls of one on other numbers.
    private func repeatedFault(
        of dataSet: DataSet, _ session: Session, _ tolerance: CaseTolerance
    ) throws -> String? {
        let arrays = dataSet.inputs.compactMapValues(\.array)
        guard arrays.count == dataSet.inputs.count, dataSet.outputs.allSatisfy({ $0.value.array != nil }) else {
            return nil
        }
        let others = arrays.mapValues(\.reversedFloats)
        // Such numbers may mean nothing to the model.
        for _ in 0..<2 { _ = try? session.run(others) }
        return dataSet.difference(of: try session.run(arrays).mapValues(ModelValue.tensor), tolerance)
    }
}

extension ConformanceCase.DataSet {
    /// The first difference of `outputs` from what is expected.
    fileprivate func difference(of outputs: [String: ModelValue], _ tolerance: CaseTolerance) -> String? {
        for expected in self.outputs {
            guard let found = outputs[expected.name] else { return "no output '\(expected.name)'" }
            if let fault = tolerance.difference(of: found, from: expected.value) {
                return "output '\(expected.name)': \(fault)"
            }
        }
        return nil
    }
}

extension NDArray {
    /// In the reverse order, where the elements are `float32`.
    fileprivate var reversedFloats: NDArray {
        dataType == .float32 ? NDArray(elements(of: Float.self).reversed(), shape: shape) : self
    }
}

extension Graph {
    /// Whether results are drawn at random, so that no two runtimes need agree on them.
    fileprivate var drawsNumbers: Bool {
        nodes.contains { Self.drawing.contains($0.operatorType) || $0.subgraphs.contains(where: \.drawsNumbers) }
    }

    private static let drawing: Set = [
        "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    ]
}
