import ApusConfiguration
import ApusCore
import ApusTracking

extension ModelCard {
    /// The card of a registered version, from all that the store and its files know.
    ///
    /// - Parameter statement: what people say of it; `nil` takes the version's own `card.yaml`.
    public init(_ record: VersionRecord, run: Run?, statement: CardStatement?) throws {
        let folder = record.model?.folder
        let own = try folder.flatMap { try CardStatement.read(inFolder: $0) }
        self.init(statement: statement ?? own ?? .init())
        (title, reference) = ("\(record.version.name), version \(record.version.version)", record.reference)
        summary = record.version.description
        if let facts = record.facts {
            self = Self(facts, reference: reference, statement: self.statement)
            title = "\(record.version.name), version \(record.version.version)"
            summary = record.version.description
        }
        if let run { describe(run) }
        parity = record.version.tags[ModelTag.parity] ?? ""
        origin = Self.origin(record)
    }

    private static func origin(_ record: VersionRecord) -> [Fact] {
        let lineage = record.lineage
        var facts = [Fact("version", record.reference)]
        if !record.version.aliases.isEmpty {
            facts.append(Fact("aliases", record.version.aliases.joined(separator: ", ")))
        }
        facts += lineage.facts
        if let digest = record.version.tags[ModelTag.digest] { facts.append(Fact("SHA-256", digest)) }
        return facts
    }

    /// Takes over what a run recorded: data, training, hardware and the figures of its best weights. What it lacks is
    /// left out.
    public mutating func describe(_ run: Run) {
        let measured = ((try? run.metrics()) ?? [:]).mapValues(\.value)
        let isTested = Self.metricNames.contains { measured.keys.contains("test/" + $0) }
        let split = isTested ? "test" : "best"
        let intervals = isTested ? run.intervals(ofSplit: "test") : [:]
        metrics = Self.metricNames.compactMap { name in
            measured["\(split)/\(name)"].map { Metric(name, $0, interval: intervals[name]) }
        }
        evaluation =
            isTested ? "The test split, at the best epoch's weights." : "The validation split, at the best epoch."
        data = run.dataFacts
        let parameters = (try? run.parameters()) ?? [:]
        training = Self.trainingKeys.compactMap { key in parameters[key].map { Fact(key, $0) } }
        hardware = run.hardwareFacts
        let lineage = run.lineageFacts
        if !lineage.isEmpty { origin = lineage }
    }

    /// What a card shows of an evaluation, where it was measured.
    static let metricNames = [
        "mAP50-95", "mAP50", "mask/mAP50-95", "mask/mAP50", "pose/mAP50-95", "pose/mAP50", "top1", "top5",
        "balanced_accuracy", "macro_F1", "precision", "recall", "F1", "AP-small", "AP-medium", "AP-large", "ECE",
    ]

    private static let trainingKeys = [
        "model.architecture", "model.scale", "image_size", "epochs", "batch_size", "optimizer.name",
        "optimizer.algorithm", "optimizer.lr0", "optimizer.schedule", "optimizer.momentum", "optimizer.weight_decay",
        "seed", "weights", "parameter_count",
    ]
}

extension CardStatement {
    /// What people said of the version in `folder`; `nil` where nobody did.
    public static func read(inFolder folder: String) throws(ConfigurationError) -> CardStatement? {
        let path = folder + "/" + fileName
        guard FileSystem.exists(path) else { return nil }
        return try read(path)
    }

    /// A file that only has comments says nothing.
    public static func read(_ path: String) throws(ConfigurationError) -> CardStatement {
        let node = try YAMLReader.read(path: path)
        if node.isNull { return CardStatement() }
        return try Configuration.decode(CardStatement.self, node: node, folder: Configuration.folder(of: path))
    }
}

extension Run {
    /// Where an evaluation keeps between which values each metric lies.
    public static func intervalsFile(ofSplit split: String) -> String { "evaluation/\(split)/intervals.json" }

    fileprivate func intervals(ofSplit split: String) -> [String: ClosedRange<Double>] {
        let path = artifactPath + "/" + Self.intervalsFile(ofSplit: split)
        guard let text = try? FileSystem.readText(path),
            let pairs = try? Configuration.decodeJSON([String: [Double]].self, text, name: path)
        else { return [:] }
        return pairs.compactMapValues { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
    }

    fileprivate var dataFacts: [ModelCard.Fact] {
        let described = datasetDescription
        return ((try? datasets()) ?? []).flatMap { data in
            var facts = [ModelCard.Fact("dataset", data.name), .init("version", data.digest)]
            if let context = data.context { facts.append(.init("used for", context)) }
            for key in ["summary", "licence"] {
                if let text = described?[key]?.text { facts.append(.init(key, text)) }
            }
            return facts
        }
    }

    /// The `dataset.yaml` that the run's experiment names, where it still is.
    private var datasetDescription: YAMLNode? {
        let file = artifactPath + "/config/experiment.yaml"
        guard let written = (try? YAMLReader.read(path: file))?["dataset"]?.text else { return nil }
        return try? YAMLReader.read(path: FileSystem.resolve(written, relativeTo: FileSystem.folder(of: file)))
    }

    /// What the experiment says of the models that it makes.
    public func cardStatement() throws -> CardStatement? {
        let file = artifactPath + "/config/experiment.yaml"
        guard FileSystem.exists(file), let node = try YAMLReader.read(path: file)["card"], !node.isNull else {
            return nil
        }
        return try Configuration.decode(CardStatement.self, node: node, folder: FileSystem.folder(of: file))
    }

    fileprivate var hardwareFacts: [ModelCard.Fact] {
        let tags = (try? tags()) ?? [:]
        return tags.filter { $0.key.hasPrefix("apus.hardware.") }.sorted { $0.key < $1.key }
            .map { .init(String($0.key.dropFirst(14)), $0.value) }
    }

    fileprivate var lineageFacts: [ModelCard.Fact] { ModelLineage(of: self).facts }
}

extension ModelLineage {
    var facts: [ModelCard.Fact] {
        var facts: [ModelCard.Fact] = []
        if let run { facts += [.init("run", run.id), .init("experiment", run.experiment)] }
        if let code {
            facts.append(
                .init("git commit", code.commit + (code.isDirty ? ", with changes that were not committed" : "")))
        }
        if let weights { facts.append(.init("started from", weights)) }
        for gate in gates.prefix(3) {
            let against = gate.baseline.map { " against \($0)" } ?? ""
            facts.append(.init("gate", "\(gate.verdict)\(against) (run \(gate.run.prefix(8)))"))
        }
        return facts
    }
}
