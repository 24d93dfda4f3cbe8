import ApusConfiguration
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("lerning_rate", "learningRate"), ("epcohs", "epochs"), ("batch-size", "batchSize"), ("Seed", "seed"),
    ])
    func `finds what was meant`(written: String, meant: String) {
        #expect(nearestName(to: written, among: ["learningRate", "epochs", "batchSize", "seed", "model"]) == meant)
    }

    @Test func `finds nothing where nothing is near`() {
        #expect(nearestName(to: "zzz", among: ["learningRate", "epochs"]) == nil)
        #expect(nearestName(to: "x", among: []) == nil)
        #expect(nearestName(to: "", among: ["epochs"]) == nil)
    }
}
