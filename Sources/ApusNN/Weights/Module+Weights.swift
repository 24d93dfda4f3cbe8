import ApusCore
import ApusTorch

/// How weights of another model or file are loaded.
public struct WeightMatching: Hashable, Sendable {
    /// Whether anything but a full match is an error.
    public var isStrict: Bool
    /// Names of the class head, which starts anew where its shapes differ.
    public var headPatterns: [String]

    /// The class branches of v8-style heads, and the last layers of torchvision's classifiers.
    public static let classHeads = ["model.*.cv3", "model.*.linear", "fc", "classifier", "head"]

    public init(isStrict: Bool = false, headPatterns: [String] = WeightMatching.classHeads) {
        (self.isStrict, self.headPatterns) = (isStrict, headPatterns)
    }
}

extension Module {
    /// Copies the tensors of `state` that agree with this module's by name and shape, half precision converted.
    ///
    /// Prefixes such as `module.` are taken off. A layer is loaded whole or not at all: where one of its tensors
    /// differs, all start anew. That a detector's weights start a segmentation or pose model of its scale is nothing
    /// more than this: trunk and shared branches agree, the rest is reported as random.
    ///
    /// - Throws: `TorchError.state` before anything changes, where nothing fits, or not everything and the matching is
    ///   strict.
    @discardableResult
    public final func loadWeights(
        _ state: StateDictionary, matching: WeightMatching = WeightMatching()
    ) throws(TorchError) -> WeightReport {
        let own = stateDictionary()
        let prefix = WeightPrefix.best(for: own, given: state)
        var given = StateDictionary()
        for (name, tensor) in state { given[prefix.renamed(name) ?? name] = tensor }
        let report = WeightReport(own: own, given: given, prefix: prefix, heads: matching.headPatterns)
        try report.check(own: own, given: state, isStrict: matching.isStrict)
        for name in report.names(.loaded) { own[name]!.assign(given[name]!) }
        return report
    }

    /// Writes parameters and buffers as safetensors, which Python's `safetensors.torch.load_file` reads.
    ///
    /// - Parameter metadata: texts beside the tensors; `format` is `pt` where it does not say otherwise.
    public final func writeWeights(to path: String, metadata: [String: String] = [:]) throws(FileError) {
        let metadata = metadata.merging(["format": "pt"]) { given, _ in given }
        try Checkpoint(tensors: stateDictionary(), metadata: metadata).write(to: path)
    }
}

extension WeightReport {
    init(own: StateDictionary, given: StateDictionary, prefix: WeightPrefix, heads: [String]) {
        let heads = heads.map(NamePattern.init)
        let strange = own.filter { entry in given[entry.name].map { !entry.tensor.accepts($0) } ?? false }
        let strangeLayers = Set(strange.map { WeightReport.layer(of: $0.name) })
        rows = own.map { name, tensor in
            let shape = given[name]?.shape.dimensions
            let outcome: Outcome =
                if shape == nil {
                    .random
                } else if !strangeLayers.contains(WeightReport.layer(of: name)) {
                    .loaded
                } else {
                    heads.contains { $0.matches(name) } ? .replaced : .mismatched
                }
            return Row(name: name, outcome: outcome, modelShape: tensor.shape.dimensions, fileShape: shape)
        }
        rows += given.filter { own[$0.name] == nil }.map {
            Row(name: $0.name, outcome: .skipped, fileShape: $0.tensor.shape.dimensions)
        }
        (removedPrefix, addedPrefix) = (prefix.removed, prefix.added)
    }

    private static func layer(of name: String) -> Substring {
        name.lastIndex(of: ".").map { name[..<$0] } ?? ""
    }

    func check(own: StateDictionary, given: StateDictionary, isStrict: Bool) throws(TorchError) {
        guard rows.contains(where: { $0.outcome == .loaded }) else {
            let names = (given.names.first ?? "none", own.names.first ?? "none")
            throw .state(
                "no tensor of the weights fits the model by name and shape: the file's first is '\(names.0)', "
                    + "the model's '\(names.1)'; choose weights of this architecture and scale")
        }
        guard isStrict, !isComplete else { return }
        throw .state("the weights do not fit the model exactly, as strict loading asks:\n\(table(limit: 12))")
    }
}

extension Tensor {
    /// Whether `source`'s elements can become this tensor's: the same shape, and floats for floats.
    fileprivate func accepts(_ source: Tensor) -> Bool {
        shape == source.shape && dataType.isFloatingPoint == source.dataType.isFloatingPoint
    }
}
