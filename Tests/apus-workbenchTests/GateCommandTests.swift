import ApusCommandSupport
import Foundation
import Testing

@Suite struct GateCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (name, value) in [("good", 0.8), ("bad", 0.6)] {
            try folder.write(GateCommandTests.metrics(value), to: name + ".json")
        }
    }

    /// A metrics file as `apus evaluate --json` writes it.
    private static func metrics(_ value: Double) -> String {
        let curve = #"{"name": "mean", "precision_over_recall": [], "precision": [], "recall": [], "F1": []}"#
        return """
            {"profile": "coco", "image_count": 1, "instance_count": 1, "detection_count": 1,
             "stats": [\(value), \(value), null, null, null, null, null, null, null, null, null, null],
             "per_class": [], "curves": {"mean": \(curve), "per_class": []},
             "confusion": {"labels": [], "counts": [[0]], "confidence": 0.5, "overlap": 0.5}, "images": [], "notes": []}
            """
    }

    private func gate(_ rules: String, _ arguments: String...) throws -> Outcome {
        try folder.write(rules, to: "rules.yaml")
        return switch arguments.count {
        case 1: try apus("gate", "rules.yaml", "--candidate", arguments[0], in: folder.path)
        default:
            try apus("gate", "rules.yaml", "--candidate", arguments[0], "--baseline", arguments[1], in: folder.path)
        }
    }

    @Test func `a candidate above the bound passes, one below it does not`() throws {
        let rules = "rules: [{metric: mAP50, min: 0.75}]"
        #expect(try gate(rules, "good.json").status == 0)
        #expect(try gate(rules, "bad.json").status == 1)
    }

    @Test func `a regression beyond the tolerance stops`() throws {
        let rules = "rules: [{metric: mAP50, max_regression: 0.05}]"
        #expect(try gate(rules, "good.json", "bad.json").status == 0)
        #expect(try gate(rules, "bad.json", "good.json").status == 1)
    }

    @Test(arguments: [
        "rules: [{metric: mAP51, min: 0.5}]", "rules: [{metric: mAP50, minimum: 0.5}]", "rules: []", "rules: [",
        "rules: [{metric: mAP50, max_regression: 0.05}]",
    ])
    func `rules that cannot be held against anything are a misconfiguration`(rules: String) throws {
        #expect(try gate(rules, "good.json").status == 2)
    }

    @Test func `a file of metrics that is cut is a misconfiguration`() throws {
        try folder.write(#"{"profile": "co"#, to: "cut.json")
        #expect(try gate("rules: [{metric: mAP50, min: 0.5}]", "cut.json").status == 2)
    }
}
