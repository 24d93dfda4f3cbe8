import ApusConfiguration
import ApusTuning

/// An experiment file with ranges: what every trial of a search begins from, and what the ranges mean.
public struct TuningPlan: Sendable {
    public let tuning: TuningConfiguration
    /// What may be tried, by key path.
    public let space: [String: ParameterDomain]
    let base: Experiment
    private let node: YAMLNode
    private let folder: String
    private let overrides: [String]

    /// - Parameter overrides: `key.path=value` of the command line.
    /// - Throws: `ConfigurationError` with the line of a range that is none of the experiment's numbers or words.
    public init(path: String, overrides: [String] = []) throws(ConfigurationError) {
        node = try YAMLReader.read(path: path)
        (folder, self.overrides) = (Configuration.folder(of: path), overrides)
        base = try Configuration.decode(Experiment.self, node: node, folder: folder, overrides: overrides)
        guard let tuning = base.tune else {
            throw ConfigurationError(
                .missingKey, at: node.position, keyPath: "tune", problem: "this key is missing",
                remedy: "give ranges, such as tune: {parameters: {optimizer.lr0: {low: 1e-4, high: 1e-1, log: true}}}")
        }
        self.tuning = tuning
        let reader = RangeReader(node: node, folder: folder, overrides: overrides)
        var space: [String: ParameterDomain] = [:]
        for (key, range) in tuning.parameters.sorted(by: { $0.key < $1.key }) {
            space[key] = try reader.domain(of: range, for: key)
        }
        self.space = space
    }

    public var search: Search {
        Search(space, method: tuning.method, seed: tuning.seed, startupTrials: tuning.startupTrials)
    }

    /// The experiment of a trial.
    ///
    /// - Throws: where each value is sound and all together are not.
    func experiment(with values: [String: String]) throws(ConfigurationError) -> Experiment {
        let own = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var experiment = try Configuration.decode(
            Experiment.self, node: node, folder: folder, overrides: overrides + own)
        experiment.tune = nil
        return experiment
    }

    /// The experiment as a search keeps it: a model or weights to choose lead from the search's own folder.
    func stored(in folder: String, root: String) -> Experiment {
        var stored = base.stored(in: folder, root: root)
        for key in Self.pathKeys {
            guard let choices = stored.tune?.parameters[key]?.choices else { continue }
            stored.tune?.parameters[key]?.choices = choices.map { choice in
                var adapted = base
                adapted.model = WorkspacePath(choice.text, relativeTo: self.folder)
                return ParameterChoice(adapted.stored(in: folder, root: root).model.written, isPlain: false)
            }
        }
        return stored
    }

    private static let pathKeys = ["model", "weights"]
}

/// Finds out what a range is for by reading the experiment with its values.
private struct RangeReader {
    let node: YAMLNode
    let folder: String
    let overrides: [String]

    func domain(of range: ParameterRange, for key: String) throws(ConfigurationError) -> ParameterDomain {
        try refuseFixed(key)
        let isWhole = try checked(range, for: key)
        if isWhole, let problem = range.wholeProblem {
            throw ConfigurationError(
                .invalidValue, at: position(of: key, problem.key), keyPath: "tune.parameters.\(key).\(problem.key)",
                problem: "expected \(problem.expected), found \(problem.found)")
        }
        return range.domain(isWhole: isWhole)
    }

    /// What makes trials comparable is the same for all of them.
    private func refuseFixed(_ key: String) throws(ConfigurationError) {
        let top = String(key.prefix { $0 != "." })
        guard ["name", "dataset", "tune"].contains(top) else { return }
        throw ConfigurationError(
            .unknownKey, at: position(of: key), keyPath: "tune.parameters.\(key)",
            problem: "'\(top)' is the same for all trials", remedy: "tune what training is made of")
    }

    /// Whether the parameter is a whole number; every value that the range names suits it.
    private func checked(_ range: ParameterRange, for key: String) throws(ConfigurationError) -> Bool {
        guard case .interval(let interval) = range.domain(isWhole: false) else {
            for choice in range.choices ?? [] { try read(key, choice.yaml) }
            return false
        }
        for value in [interval.low, interval.high] { try read(key, "\(value)") }
        do throws(ConfigurationError) {
            try read(key, "\(interval.low.rounded(.down) + 0.5)")
        } catch {
            return error.kind == .wrongType
        }
        return false
    }

    private func read(_ key: String, _ value: String) throws(ConfigurationError) {
        do throws(ConfigurationError) {
            _ = try Configuration.decode(
                Experiment.self, node: node, folder: folder, overrides: overrides + ["\(key)=\(value)"])
        } catch {
            throw ConfigurationError(
                error.kind, at: position(of: key), keyPath: "tune.parameters.\(key)",
                problem: error.problem, remedy: error.remedy)
        }
    }

    private func position(of key: String, _ part: String = "") -> SourcePosition {
        let range = node["tune"]?["parameters"]?[key]
        return range?[part]?.position ?? range?.position ?? node.position
    }
}
