import ApusONNX
import ApusVision

/// What people should know before they use a model; becomes the version's README.md.
public struct ModelCard: Equatable, Sendable {
    /// One figure of the evaluation.
    public struct Metric: Equatable, Sendable {
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            (self.name, self.value) = (name, value)
        }
    }

    /// Figures of the evaluation, in the order to show.
    public var metrics: [Metric]
    /// Where the figures come from, such as `split val of dataset garments, 200 images`.
    public var evaluation: String
    /// What the model was trained on.
    public var data: String
    public var intendedUse: String
    public var limits: [String]

    public init(
        metrics: [Metric] = [], evaluation: String = "", data: String = "", intendedUse: String? = nil,
        limits: [String]? = nil
    ) {
        (self.metrics, self.evaluation, self.data) = (metrics, evaluation, data)
        self.intendedUse = intendedUse ?? Self.standardUse
        self.limits = limits ?? Self.standardLimits
    }

    private static let standardUse =
        "Finding objects of the classes below in photographs like those it was trained on. "
        + "Evaluate it on your own images before you rely on it."

    private static let standardLimits = [
        "It knows only the classes below, and takes what is none of them for background or for the nearest class.",
        "Images unlike the training data (other cameras, light or scenes) give worse results than the figures say.",
        "Objects of a few pixels after scaling to the input size are missed.",
        "It is no basis for decisions about people's health, safety or rights.",
    ]
}

extension ModelCard {
    /// The card as Markdown.
    ///
    /// - Parameter parameterCount: of the network as it was trained, normalizations included.
    func markdown(
        _ description: ModelDescription, summary: GraphSummary, parameterCount: Int, parity: ParityReport
    ) -> String {
        let sections = [
            title(description), facts(description, summary, parameterCount), figures,
            section("Training data", data.isEmpty ? "Not recorded." : data), provenance(description),
            section("Intended use", intendedUse), section("Limits", list(limits)),
            section("Parity", "LibTorch and the Apus runtime: \(parity)."),
            section("Classes", list(description.labels)), usage(description),
        ]
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private func title(_ description: ModelDescription) -> String {
        let name = description.name.isEmpty ? "Model" : description.name
        return "# \(name)" + (description.version.isEmpty ? "" : ", version \(description.version)")
    }

    private func facts(
        _ description: ModelDescription, _ summary: GraphSummary, _ parameterCount: Int
    ) -> String {
        let size = "\(description.input.letterbox.width)×\(description.input.letterbox.height)"
        let fitting = description.task == .classify ? "scaled and cropped" : "letterboxed"
        return """
            | task | \(description.task.rawValue) |
            |---|---|
            | input | `\(summary.inputs.map(\.description).joined(separator: "`, `"))`, \(fitting) to \(size) |
            | output | `\(summary.outputs.map(\.description).joined(separator: "`, `"))` |
            | parameters | \(parameterCount) |
            | operations | \(summary.floatingPointOperations.map { "\($0) an image" } ?? "depend on the image size") |
            """
    }

    private var figures: String {
        guard !metrics.isEmpty else { return section("Evaluation", "Not evaluated.") }
        let rows = metrics.map { "| \($0.name) | \(decimal($0.value)) |" }.joined(separator: "\n")
        let source = evaluation.isEmpty ? "" : evaluation + "\n\n"
        return section("Evaluation", "\(source)| metric | value |\n|---|---|\n\(rows)")
    }

    private func provenance(_ description: ModelDescription) -> String {
        guard !description.training.isEmpty else { return "" }
        let entries = description.training.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return section("Provenance", list(entries))
    }

    private func usage(_ description: ModelDescription) -> String {
        let reference =
            description.name.isEmpty || description.version.isEmpty
            ? "model.onnx" : "\(description.name)/\(description.version)"
        return section("Run it", "    apus-infer predict \(reference) photograph.jpg --draw pictures")
    }

    private func section(_ title: String, _ body: String) -> String { "## \(title)\n\n\(body)" }

    private func list(_ items: [String]) -> String { items.map { "- \($0)" }.joined(separator: "\n") }

    /// Four decimals; figures without a value, which a class without instances has, are said to be none.
    private func decimal(_ value: Double) -> String {
        guard value.isFinite else { return "none" }
        return "\((value * 10_000).rounded() / 10_000)"
    }
}
