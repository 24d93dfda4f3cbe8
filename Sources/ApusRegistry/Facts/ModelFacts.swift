import ApusConfiguration
import ApusCore
import ApusInference
import ApusONNX
import ApusRuntime
import ApusVision

/// What a model's file says of it.
public struct ModelFacts: Sendable, Encodable {
    /// How images become its input, and what its outputs are read as.
    public struct Use: Equatable, Sendable, Encodable {
        /// `detect` and the like, or the form of the outputs for models of others.
        public var task: String
        public var labels: [String]
        /// `preprocess` of a sidecar, by key path.
        public var preprocessing: [String: String]
        /// Who says it: `metadata`, `sidecar`, or `signature` for a guess.
        public var source: String
    }

    public var graph: GraphSummary
    /// `nil` where nothing tells how images go in and results come out; `apus-infer run` takes arrays all the same.
    public var use: Use?
    /// What was taken for granted of a model that does not say how it is used.
    public var assumptions: String?

    /// Reads a model and makes it ready to run.
    ///
    /// - Parameter sidecar: how it is fed and read; `nil` takes what lies beside it, or what the model itself says.
    /// - Throws: `RegistryError` where it is no model or does not run, `InferenceError` where a given sidecar does not fit.
    public init(contentsOf path: String, sidecar: String? = nil) throws {
        let model: Model
        do throws(GraphError) { model = try Model(contentsOf: path) } catch {
            throw RegistryError.model(file: path, error)
        }
        graph = GraphSummary(model)
        do {
            let predictor = try Predictor(contentsOf: path, options: .init(sidecar: sidecar, threads: 1))
            use = try Use(predictor, task: model.metadata["apus.task"])
            assumptions = predictor.assumptions
        } catch InferenceError.unknownUse where sidecar == nil {
            use = nil
        } catch InferenceError.runtime(_, let error) {
            throw RegistryError.notRunnable(file: path, problem: "\(error)")
        }
    }
}

extension ModelFacts.Use {
    fileprivate init(_ predictor: Predictor, task: String?) throws {
        let sidecar = predictor.sidecar
        self.init(
            task: task ?? sidecar.decode.format.rawValue, labels: sidecar.labels,
            preprocessing: try Configuration.flattened(sidecar.preprocess), source: predictor.source.word)
    }
}

extension Predictor.Source {
    fileprivate var word: String {
        switch self {
        case .metadata: "metadata"
        case .sidecar: "sidecar"
        case .signature: "signature"
        }
    }
}

extension GraphSummary.Value {
    /// The shape as people write it.
    var text: String { "\(type) " + (shape.map { "[" + $0.joined(separator: ", ") + "]" } ?? "of any shape") }
}
