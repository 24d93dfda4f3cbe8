import ApusConfiguration
import ApusCore
import Glibc
import Testing

private enum Schedule: String, Codable, CaseIterable { case cosine, linear }

private struct Optimizer: Defaulted, Equatable {
    var learningRate = 0.01
    var momentum: Float = 0.937
    var schedule = Schedule.cosine
}

private struct Recipe: Defaulted, Equatable, Validated {
    var dataset: WorkspacePath = "none"
    var epochs = 10
    var optimizer = Optimizer(learningRate: 0.5)
    var classes = [String]()
    var weights = [String: Double]()
    var note: String?
    var mosaic = true
    var sizes = OneOrMany<Int>([320])

    static let requiredKeys: Set<String> = ["dataset"]

    func problems() -> [ConfigurationProblem] { [.range("epochs", epochs, 1...100)].compactMap { $0 } }
}

private struct Plain: Codable, Equatable {
    var name: String
    var points: [[Double]]
    var limit: Int?
}

private func decode<T: Decodable>(_ type: T.Type, _ text: String, _ overrides: [String] = []) throws -> T {
    try Configuration.decode(type, text: text, name: "recipe.yaml", folder: "/data/x", overrides: overrides)
}

private func message(_ text: String, _ overrides: [String] = []) -> String { message(Recipe.self, text, overrides) }

private func message<T: Decodable>(_ type: T.Type, _ text: String, _ overrides: [String] = []) -> String {
    do { return "decoded \(try decode(type, text, overrides))" } catch { return "\(error)" }
}

@Suite struct ConfigurationTests {
    @Test func `what is left out keeps its default, however deep`() throws {
        let recipe = try decode(Recipe.self, "dataset: ../d.yaml\noptimizer: {momentum: 0.5}")
        #expect(recipe.dataset.resolved == "/data/d.yaml")
        #expect(recipe.optimizer == Optimizer(learningRate: 0.5, momentum: 0.5))
        #expect(recipe.epochs == 10 && recipe.sizes.values == [320])
    }

    @Test func `encodes to text that decodes to the same value`() throws {
        var recipe = Recipe()
        recipe.dataset = "/a/b c"
        recipe.classes = ["no", "1e5", "a: b", "ünï\n\"x\"", "", "plain"]
        recipe.weights = ["b": 1e-7, "a": 1 / 3, "0x1f": 1e300]
        recipe.note = "line\nline"
        recipe.optimizer.learningRate = 1e-5
        let text = try Configuration.encode(recipe)
        #expect(try decode(Recipe.self, text) == recipe)
        #expect(text.contains("learningRate: 1.0e-05\n"))
        #expect(text == (try Configuration.encode(try decode(Recipe.self, text))))
    }

    @Test func `names the nearest key, its line and its column`() {
        #expect(
            message("dataset: d\noptimizer:\n  lerningRate: 1")
                == "recipe.yaml:3:3: optimizer.lerningRate: unknown key 'lerningRate'; did you mean 'learningRate'?")
        #expect(message("dataset: d\nfoo: 1").contains("known keys: classes, dataset, epochs"))
        #expect(message("datset: d").contains("recipe.yaml:1:1: datset: unknown key 'datset'; did you mean 'dataset'?"))
    }

    @Test(arguments: [
        ("dataset: d\nepochs: many", "recipe.yaml:2:9: epochs: expected a whole number, found 'many'"),
        ("dataset: d\nepochs: \"3\"", "remove the quotes"),
        ("dataset: d\nepochs: 3.5", "expected a whole number, found '3.5'"),
        ("dataset: d\nepochs: 010", "expected a whole number, found '010'"),
        ("dataset: d\nepochs: 99999999999999999999", "expected a whole number"),
        ("dataset: d\nepochs: 101", "recipe.yaml:2:9: epochs: expected 1 to 100, found 101"),
        ("dataset: d\nmosaic: yes", "expected true or false, found 'yes'; write true"),
        ("dataset: d\noptimizer: {learningRate: .nan}", "expected a number, found '.nan'; write a finite number"),
        ("dataset: d\noptimizer: {momentum: 1e39}", "expected a number, found '1e39'"),
        ("dataset: d\noptimizer: 3", "optimizer: expected a mapping (key: value), found '3'"),
        (
            "dataset: d\noptimizer: {schedule: cosin}",
            "expected one of cosine, linear, found 'cosin'; did you mean 'cosine'?"
        ),
        ("dataset: d\nclasses: a", "classes: expected a list, found 'a'"),
        ("dataset: d\nclasses: [a, {b: c}]", "classes[1]: expected text, found a mapping of 1"),
        ("dataset: d\nepochs:", "expected a whole number, found nothing"),
        ("epochs: 3", "dataset: this key is missing; add a line 'dataset: …'"),
        ("- a", "expected a mapping (key: value), found a list of 1"),
        ("", "expected a mapping (key: value), found nothing"),
        ("dataset: d\ndataset: e", "this key appears twice"),
        ("dataset: [d", "not YAML"),
        ("dataset: d\n\tepochs: 3", "recipe.yaml:2:"),
        ("? [a]\n: b", "a key that is not text"),
        ("dataset: d\n---\nepochs: 3", "another document"),
        ("a: *b", "alias"),
        ("dataset: \"\"", "expected a path, found empty text"),
    ])
    func `says where and what is wrong`(text: String, expected: String) {
        #expect(message(text).contains(expected), "\(message(text))")
    }

    @Test func `numbers mean what people write`() throws {
        let text = "dataset: d\nepochs: 1e1\noptimizer: {learningRate: 1e-3, momentum: .5}\nsizes: 0x10"
        let recipe = try decode(Recipe.self, text)
        #expect(recipe.epochs == 10)
        #expect(recipe.optimizer == Optimizer(learningRate: 0.001, momentum: 0.5))
        #expect(recipe.sizes.values == [16])
        #expect(try decode([Double].self, "[1_000, 5., 5.e2, -.5e-1, +3, -0]") == [1000, 5, 500, -0.05, 3, 0])
        #expect(try decode([Int].self, "[0o17, -0x10, 1_000, 2.0]") == [15, -16, 1000, 2])
        #expect(
            try Configuration.decode([Double].self, text: "[.inf, -inf]", name: "", allowsNonFinite: true)
                == [.infinity, -.infinity])
    }

    @Test func `text stays as written`() throws {
        #expect(try decode([String].self, "[no, 1.10, 0x1f, 'a', \"b\\n\"]") == ["no", "1.10", "0x1f", "a", "b\n"])
    }

    @Test func `plain types need every key that is not optional`() throws {
        #expect(try decode(Plain.self, "{name: x, points: [[1, 2], [3]]}") == Plain(name: "x", points: [[1, 2], [3]]))
        #expect(message(Plain.self, "name: x").contains("points: this key is missing"))
        #expect(message(Plain.self, "{name: x, points: [[1, a]]}").contains("recipe.yaml:1:24: points[0][1]: expected"))
    }

    @Test func `overrides are YAML with the same checks`() throws {
        let overrides = ["optimizer.learningRate=1e-4", "classes=[a, b]", "weights.a=2", "classes.1=c"]
        let recipe = try decode(Recipe.self, "dataset: d", overrides)
        #expect(recipe.optimizer.learningRate == 1e-4)
        #expect(recipe.classes == ["a", "c"])
        #expect(recipe.weights == ["a": 2])
        #expect(
            message("dataset: d", ["optimiser.learningRate=3"])
                == "override 'optimiser.learningRate=3': optimiser: unknown key 'optimiser'; did you mean 'optimizer'?")
        #expect(message("dataset: d", ["epochs=x"]).contains("override 'epochs=x': epochs: expected a whole number"))
        #expect(message("dataset: d", ["epochs"]).contains("not of the form key.path=value"))
        #expect(message("dataset: d", ["dataset.x=3"]).contains("below a single value"))
        #expect(message("dataset: d\nclasses: [a]", ["classes.4=x"]).contains("not an element of this list of 1"))
        #expect(message("dataset: d", ["epochs=[1"]).contains("override 'epochs=[1': not YAML"))
    }

    @Test func `merges anchors and refuses bombs`() throws {
        let text = "base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}"
        #expect(try decode([String: [String: Int]].self, text)["more"] == ["x": 1, "y": 3])
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(message(bomb).contains("aliases"))
        var narrow = "a0: &a0 [x, x]\n"
        for level in 1...10 { narrow += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        #expect(!message(narrow).isEmpty)
        #expect(message(String(repeating: "[", count: 5000)).contains("recipe.yaml"))
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(message(deep).contains("nested deeper"))
    }

    @Test func `refuses files that are missing, large or not text`() throws {
        let path = "/tmp/apus-configuration-\(UInt64.random(in: 0 ... .max)).yaml"
        #expect(throws: ConfigurationError.self) { try Configuration.decode(Plain.self, path: path) }
        try FileSystem.writeWhole([UInt8](repeating: 0x20, count: 4 << 20 + 1), to: path)
        #expect { try Configuration.decode(Plain.self, path: path) } throws: {
            ($0 as? ConfigurationError)?.kind == .tooLarge
        }
        try FileSystem.writeWhole([0x61, 0xff], to: path)
        #expect { try Configuration.decode(Plain.self, path: path) } throws: {
            ($0 as? ConfigurationError)?.kind == .syntax
        }
        #expect { try Configuration.decode(Plain.self, path: "/tmp") } throws: {
            ($0 as? ConfigurationError)?.kind == .unreadable
        }
        unlink(path)
    }
}
