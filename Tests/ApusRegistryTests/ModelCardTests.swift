import ApusConfiguration
import ApusCore
import ApusTracking
import Testing

@testable import ApusRegistry

@Suite struct ModelCardTests {
    private let workspace: RegistryWorkspace

    init() throws { workspace = try RegistryWorkspace() }

    @Test func `what nobody stated is said to be not stated`() {
        let card = ModelCard()
        for title in ["Intended use", "Limits", "Licence"] {
            #expect(card.markdown.contains("## \(title)\n\nNot stated."))
            #expect(card.html.contains("<h2>\(title)</h2><p class=\"none\">Not stated.</p>"))
        }
        #expect(card.markdown.contains("## Evaluation\n\nNot evaluated.") && !card.markdown.contains("## Contact"))
    }

    @Test func `figures come with their intervals`() {
        var card = ModelCard(
            metrics: [.init("mAP50", 0.8125, interval: 0.75...0.875), .init("recall", 0.5), .init("AP-large", .nan)],
            evaluation: "The test split.")
        card.title = "net, version 1"
        #expect(card.markdown.hasPrefix("# net, version 1\n"))
        #expect(
            card.markdown.contains("| mAP50 | 0.8125 | 0.75 – 0.875 |\n| recall | 0.5 | – |\n| AP-large | none | – |"))
        #expect(card.html.contains("<th scope=\"row\">mAP50</th><td>0.8125</td><td>0.75 – 0.875</td>"))
    }

    @Test func `what comes from outside is escaped`() {
        var card = ModelCard(statement: .init(intendedUse: "<script>alert(1)</script>", limits: ["a | b\nc"]))
        card.labels = ["<b>"]
        card.training = [.init("a|b", "c\nd")]
        #expect(!card.html.contains("<script") && card.html.contains("&lt;b&gt;"))
        #expect(card.markdown.contains("&lt;script>") && card.markdown.contains("- a \\| b c"))
        #expect(card.markdown.contains("| a\\|b | c d |"))
    }

    @Test func `a run tells its data, training, hardware and figures`() throws {
        let run = try workspace.store.createRun(
            in: workspace.store.experiment(named: "demo"), tags: ["apus.hardware.cpu": "a fast one"],
            parameters: ["epochs": "12", "optimizer.lr0": "0.01"],
            git: GitFacts(commit: String(repeating: "b", count: 40), branch: nil, isDirty: true))
        try run.log(metrics: ["best/mAP50": 0.25, "test/mAP50": 0.5], step: 3)
        try run.logArtifact(text: #"{"mAP50": [0.4, 0.6], "x": [1]}"#, as: Run.intervalsFile(ofSplit: "test"))
        try run.logDataset(name: "garments", digest: "0123", source: "/data")
        var card = ModelCard()
        card.describe(run)
        #expect(
            card.metrics == [.init("mAP50", 0.5, interval: 0.4...0.6)] && card.evaluation.hasPrefix("The test split"))
        #expect(card.data.map(\.value) == ["garments", "0123", "training"])
        #expect(card.training == [.init("epochs", "12"), .init("optimizer.lr0", "0.01")])
        #expect(card.hardware == [.init("cpu", "a fast one")])
        #expect(card.origin.contains { $0.name == "git commit" && $0.value.hasSuffix("not committed") })
    }

    @Test func `the experiment's words become the card's`() throws {
        let run = try workspace.store.createRun(in: workspace.store.experiment(named: "demo"))
        #expect(try run.cardStatement() == nil)
        try run.logArtifact(
            text: "name: demo\ncard:\n  intended_use: Counting.\n  limits: Not at night.\n",
            as: "config/experiment.yaml")
        #expect(try run.cardStatement() == CardStatement(intendedUse: "Counting.", limits: ["Not at night."]))
    }

    @Test func `a version's own card says what its card.yaml says`() throws {
        let version = try workspace.register()
        try FileSystem.writeWhole("licence: CC0-1.0\n", to: version.folder + "/card.yaml")
        let card = try ModelCard(VersionRecord(version, in: workspace.registry), run: nil, statement: nil)
        #expect(card.statement.licence == "CC0-1.0" && card.title == "net, version 1" && card.reference == "net/1")
        #expect(card.origin.contains { $0.name == "SHA-256" } && card.labels == ["shirt", "boot"])
        let other = CardStatement(contact: "me")
        #expect(
            try ModelCard(VersionRecord(version, in: workspace.registry), run: nil, statement: other).statement == other
        )
    }

    @Test(arguments: [
        "intended: x", "intended_use: [a]", "limits: ''", "licence: '  '", "limits: {a: b}", "intended_use: 'a",
    ])
    func `a card.yaml that says something else is refused`(text: String) throws {
        let path = workspace.path + "/card.yaml"
        try FileSystem.writeWhole(text + "\n", to: path)
        #expect(throws: ConfigurationError.self) { try CardStatement.read(path) }
    }

    @Test func `the template says nothing`() throws {
        let path = workspace.path + "/card.yaml"
        try FileSystem.writeWhole(CardStatement.template, to: path)
        #expect(try CardStatement.read(path) == CardStatement())
    }
}
