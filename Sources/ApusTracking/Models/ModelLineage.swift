import ApusConfiguration
import ApusCore

/// Where a model version comes from: its run, the data that the run read, the code that it ran, and the gates it passed.
public struct ModelLineage: Equatable, Sendable, Encodable {
    public struct Source: Equatable, Sendable, Encodable {
        public var id: String
        public var name: String
        public var experiment: String
        public var status: String
    }

    public struct Dataset: Equatable, Sendable, Encodable {
        public var name: String
        /// Of its content.
        public var digest: String
        public var context: String?
    }

    public struct Code: Equatable, Sendable, Encodable {
        public var commit: String
        public var branch: String?
        /// Whether the files differed from the commit.
        public var isDirty: Bool
    }

    /// A gate that the version was a candidate of.
    public struct Gate: Equatable, Sendable, Encodable {
        public var run: String
        public var verdict: String
        /// What it was held against.
        public var baseline: String?
        /// The dataset version that both were measured on.
        public var dataset: String?
        /// Milliseconds since 1970.
        public var time: Int64
    }

    /// `nil` for a version of no run, and where the store has lost the run.
    public var run: Source?
    public var datasets: [Dataset] = []
    public var code: Code?
    /// The file of weights that training started from.
    public var weights: String?
    /// Newest first.
    public var gates: [Gate] = []
}

extension ModelRegistry {
    /// What the store knows of a version's origin; what is damaged or gone is left out.
    public func lineage(of version: ModelVersion) -> ModelLineage {
        let run = version.runID.flatMap { try? store.run(id: $0) }
        var lineage = run.map { ModelLineage(of: $0) } ?? ModelLineage()
        let names = ["\(version.name)/\(version.version)"] + [version.runID].compactMap { $0 }
        lineage.gates = store.gates(ofCandidates: Set(names))
        return lineage
    }
}

extension ModelLineage {
    /// What a run says of the models that it makes.
    public init(of run: Run) {
        let experiment = run.store.experiments(includingDeleted: true).first { $0.id == run.experimentID }
        self.run = Source(
            id: run.id, name: (try? run.name()) ?? run.id, experiment: experiment?.name ?? run.experimentID,
            status: (try? run.status())?.description ?? "unreadable")
        datasets = ((try? run.datasets()) ?? []).map { Dataset(name: $0.name, digest: $0.digest, context: $0.context) }
        let tags = (try? run.tags()) ?? [:]
        code = tags[RunTag.gitCommit].map {
            Code(commit: $0, branch: tags[RunTag.gitBranch], isDirty: tags[RunTag.gitDirty] == "true")
        }
        weights = (try? run.parameters())?["weights"].flatMap { ["", "null"].contains($0) ? nil : $0 }
    }
}

extension TrackingStore {
    fileprivate func gates(ofCandidates names: Set<String>) -> [ModelLineage.Gate] {
        guard let experiment = experiments().first(where: { $0.name == Self.gateExperiment }) else { return [] }
        let gates = Run.folders(in: experiment.folder).compactMap { folder -> ModelLineage.Gate? in
            let tags = KeyFolder(path: folder + "/tags")
            guard let candidate = try? tags.value(of: GateTag.candidate), names.contains(candidate),
                let meta = try? MetaFile(path: folder + "/meta.yaml"),
                meta.optionalText("lifecycle_stage") != "deleted"
            else { return nil }
            return ModelLineage.Gate(
                run: FileSystem.fileName(of: folder), verdict: (try? tags.value(of: GateTag.verdict)) ?? "unknown",
                baseline: try? tags.value(of: GateTag.baseline), dataset: try? tags.value(of: GateTag.dataset),
                time: meta.optionalInteger("start_time") ?? 0)
        }
        return gates.sorted { ($0.time, $0.run) > ($1.time, $1.run) }
    }
}

/// What a gate's run says of it.
public enum GateTag {
    public static let verdict = "apus.gate.verdict"
    public static let candidate = "apus.gate.candidate"
    public static let baseline = "apus.gate.baseline"
    public static let dataset = "apus.gate.dataset"
}
