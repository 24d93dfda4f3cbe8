import ApusConfiguration
import ApusCore
import ApusONNX

/// What people should know before they use a model: written beside it as README.md and README.html.
///
/// Mitchell et al., *Model Cards for Model Reporting*, <https://arxiv.org/abs/1810.03993>.
public struct ModelCard: Equatable, Sendable {
    /// One figure of the evaluation.
    public struct Metric: Equatable, Sendable {
        public var name: String
        public var value: Double
        /// Where the value lies at 95 %, were other images drawn.
        public var interval: ClosedRange<Double>?

        public init(_ name: String, _ value: Double, interval: ClosedRange<Double>? = nil) {
            (self.name, self.value, self.interval) = (name, value, interval)
        }
    }

    public struct Fact: Equatable, Sendable {
        public var name, value: String

        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// Such as `garments, version 3`.
    public var title = "Model"
    /// A sentence below the title.
    public var summary = ""
    /// Figures of the evaluation, in the order to show.
    public var metrics: [Metric]
    /// Where the figures come from, such as `split val of dataset garments, 200 images`.
    public var evaluation: String
    /// What the model was trained on.
    public var data: [Fact]
    /// What people say of it.
    public var statement: CardStatement
    /// How it was trained.
    public var training: [Fact] = []
    /// On what it was trained.
    public var hardware: [Fact] = []
    /// Where it comes from: run, commit, gates.
    public var origin: [Fact] = []
    /// What its file says: task, inputs, outputs, size.
    public var model: [Fact] = []
    public var labels: [String] = []
    /// What was proved of the export.
    public var parity = ""
    /// How `apus-infer` calls it; empty for a file that is not registered.
    public var reference = ""

    public init(
        metrics: [Metric] = [], evaluation: String = "", data: [Fact] = [], statement: CardStatement = .init()
    ) {
        (self.metrics, self.evaluation, self.data, self.statement) = (metrics, evaluation, data, statement)
    }

    /// The files of a card, by name.
    public var files: [String: String] { ["README.md": markdown, "README.html": html] }

    /// Writes the card into a version's folder that is being made.
    public func write(to staged: StagedFolder) throws(FileError) {
        for (name, text) in files { try staged.write(text, as: name) }
    }
}

extension ModelCard {
    /// What a file alone tells.
    public init(_ facts: ModelFacts, reference: String, statement: CardStatement) {
        self.init(statement: statement)
        self.reference = reference
        describe(facts.graph, task: facts.use?.task, labels: facts.use?.labels ?? [])
        if let preprocessing = facts.use?.preprocessing { describe(preprocessing: preprocessing) }
    }

    /// Takes over what a graph says.
    public mutating func describe(_ graph: GraphSummary, task: String?, labels: [String]) {
        self.labels = labels
        model = [Fact("task", task ?? "not stated")]
        model += graph.inputs.map { Fact("input", "\($0.name) \($0.text)") }
        model += graph.outputs.map { Fact("output", "\($0.name) \($0.text)") }
        model.append(Fact("parameters", "\(grouped(graph.parameterCount)), \(megabytes(graph.parameterBytes))"))
        model.append(
            Fact(
                "operations",
                graph.floatingPointOperations.map { "\(gigaflops($0)) GFLOP an image" } ?? "depend on the image size"))
        let opsets = graph.opsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        model.append(Fact("format", "ONNX, " + opsets.joined(separator: ", ")))
    }

    private mutating func describe(preprocessing: [String: String]) {
        let shown = ["size", "fit", "channels", "scale", "mean", "std", "interpolation"]
        let parts = shown.compactMap { key -> String? in
            let values = preprocessing.filter { $0.key == key || $0.key.hasPrefix(key + ".") }.sorted {
                $0.key < $1.key
            }
            return values.isEmpty ? nil : "\(key) \(values.map(\.value).joined(separator: " "))"
        }
        model.append(Fact("images", parts.joined(separator: ", ")))
    }
}

/// A titled part of a card.
struct CardSection {
    enum Body {
        case words(String)
        case list([String])
        case facts([ModelCard.Fact])
        case metrics([ModelCard.Metric], source: String)
        case names([String])
        case command(String)
    }

    var title: String
    var body: Body
}

extension ModelCard {
    static let notStated = "Not stated."

    /// The parts in the order to show.
    var sections: [CardSection] {
        let limits = statement.limits?.values ?? []
        let stated = [
            CardSection(title: "Intended use", body: .words(statement.intendedUse ?? Self.notStated)),
            CardSection(title: "Limits", body: limits.isEmpty ? .words(Self.notStated) : .list(limits)),
            CardSection(title: "Licence", body: .words(statement.licence ?? Self.notStated)),
        ]
        let contact = statement.contact.map { CardSection(title: "Contact", body: .words($0)) }
        return [evaluationSection] + stated + [contact].compactMap { $0 } + recorded
            + [CardSection(title: "Run it", body: .command(command))]
    }

    private var evaluationSection: CardSection {
        let body: CardSection.Body =
            metrics.isEmpty ? .words("Not evaluated.") : .metrics(metrics, source: evaluation)
        return CardSection(title: "Evaluation", body: body)
    }

    /// What nobody needs to say.
    private var recorded: [CardSection] {
        let data: CardSection.Body = self.data.isEmpty ? .words("Not recorded.") : .facts(self.data)
        var sections = [CardSection(title: "Training data", body: data)]
        for (title, facts) in [("Training", training), ("Hardware", hardware), ("Model", model), ("Origin", origin)]
        where !facts.isEmpty {
            sections.append(CardSection(title: title, body: .facts(facts)))
        }
        if !parity.isEmpty { sections.append(CardSection(title: "Parity", body: .words(parity))) }
        if !labels.isEmpty { sections.append(CardSection(title: "Classes", body: .names(labels))) }
        return sections
    }

    private var command: String {
        "apus-infer predict \(reference.isEmpty ? "model.onnx" : reference) photograph.jpg --draw pictures"
    }
}

/// Digits in groups of three.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[max($0 - 3, 0)..<$0]) }
    return groups.reversed().joined(separator: " ")
}

func megabytes(_ bytes: Int) -> String { "\((Double(bytes) / 1e5).rounded() / 10) MB" }

private func gigaflops(_ operations: Int) -> String { "\((Double(operations) / 1e6).rounded() / 1000)" }
