import ApusConfiguration
import Testing
@testable import ApusTraining

@Suite struct ExperimentTests {
    private func decode(_ text: String, _ overrides: [String] = []) throws(ConfigurationError)
        -> ApusTraining.Experiment
    {
        try Configuration.decode(
            ApusTraining.Experiment.self, text: "name: x\nmodel: m.yaml\ndataset: d.yaml\n" + text, name: "x.yaml",
            folder: "/project", overrides: overrides)
    }

    @Test func `paths start from the file's folder`() throws {
        #expect(try decode("").model.resolved == "/project/m.yaml")
    }

    @Test func `keys that are left out have the recipe's values`() throws {
        let experiment = try decode("optimizer: {lr0: 0.002}")
        #expect(experiment.optimizer.lr0 == 0.002)
        #expect(experiment.optimizer.momentum == nil)
        #expect(experiment.optimizer.chosen(steps: 1, classCount: 1).configuration.momentum == 0.937)
        #expect(experiment.loss.box == 7.5)
    }

    @Test(arguments: [
        ("epocs: 3", "epochs"), ("optimizer: {lr: 1}", "lr0"), ("image_size: 100", "multiple of 32"),
        ("batch_size: many", "batch_size"), ("epochs: 0", "epochs"), ("optimizer: {momentum: 1.5}", "momentum"),
        ("augmentation: {mosaik: 1}", "mosaic"), ("optimizer: {name: adammw}", "adamw"),
    ])
    func `a mistake names its place and what was meant`(text: String, hint: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(text) }
        let message = error?.description ?? ""
        #expect(message.contains(hint))
        #expect(message.contains("x.yaml:4"))
    }

    @Test func `the effective configuration reads back as itself`() throws {
        let experiment = try decode("epochs: 7\naugmentation: {mosaic: 0.5}", ["optimizer.lr0=0.5"])
        let text = try Configuration.encode(experiment)
        let again = try Configuration.decode(
            ApusTraining.Experiment.self, text: text, name: "again.yaml", folder: "/elsewhere")
        #expect(try Configuration.encode(again) == text)
        #expect(again.optimizer == experiment.optimizer)
        #expect(again.augmentation == experiment.augmentation)
    }
}
