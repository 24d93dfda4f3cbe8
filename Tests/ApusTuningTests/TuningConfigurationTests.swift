import ApusConfiguration
import Testing
@testable import ApusTuning

@Suite struct TuningConfigurationTests {
    private func read(_ text: String) throws -> TuningConfiguration {
        try Configuration.decode(TuningConfiguration.self, text: text, name: "tune.yaml")
    }

    @Test func `ranges are read and written`() throws {
        let text = """
            trials: 7
            method: random
            parameters:
              optimizer.lr0: {low: 1e-4, high: 1e-1, log: true}
              batch_size: {low: 8, high: 32, step: 8}
              optimizer.name: {choices: [sgd, "1"]}
            """
        let tuning = try read(text)
        #expect(tuning.trials == 7 && tuning.method == .random && tuning.pruner == .median)
        #expect(tuning.parameters["optimizer.lr0"] == ParameterRange(low: 1e-4, high: 1e-1, log: true))
        #expect(tuning.parameters["optimizer.name"]?.domain(isWhole: false) == .choices(["sgd", "\"1\""]))
        #expect(try read(try Configuration.encode(tuning)) == tuning)
    }

    @Test(
        arguments: [
            ("trials: 3", ":1:1", "parameters"), ("parameters: {}", ":1:13", "range"),
            ("parameters:\n  a: {low: 2, high: 2}", ":2:21", "above low"),
            ("parameters:\n  a: {low: 3, high: 2}", ":2:21", "above low"),
            ("parameters:\n  a: {low: 1}", ":2:6", "low and high"),
            ("parameters:\n  a: {low: 0, high: 1, log: true}", ":2:12", "above 0"),
            ("parameters:\n  a: {low: 0, high: 1, step: 2}", ":2:30", "step"),
            ("parameters:\n  a: {low: 1, high: 9, step: 2, log: true}", ":2:30", "log"),
            ("parameters:\n  a: {choices: []}", ":2:16", "a choice"),
            ("parameters:\n  a: {choices: [1, 1]}", ":2:16", "differ"),
            ("parameters:\n  a: {choices: [1], low: 2}", ":2:16", "alone"),
            ("parameters:\n  a: {choices: [[1]]}", ":2:17", "a choice is"),
            ("parameters:\n  a: {low: 0, hihg: 1}", ":2:15", "'high'"),
            ("parameters:\n  a: {low: 0, high: .inf}", ":2:21", "number"),
            ("trails: 3\nparameters:\n  a: {low: 0, high: 1}", ":1:1", "'trials'"),
            ("method: grid\nparameters:\n  a: {low: 0, high: 1}", ":1:9", "tpe"),
        ])
    func `what cannot be searched is named with its line`(text: String, place: String, word: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error?.description.contains("tune.yaml" + place) == true, "\(error as Any)")
        #expect(error?.description.contains(word) == true, "\(error as Any)")
    }

    @Test func `a whole number has whole ranges`() {
        #expect(ParameterRange(low: 1, high: 2.5).wholeProblem?.key == "high")
        #expect(ParameterRange(low: 1, high: 3).wholeProblem == nil)
        let whole = ParameterRange(low: 1, high: 3).domain(isWhole: true)
        #expect(whole == .interval(NumericDomain(low: 1, high: 3, step: 1)))
    }
}
