import ApusCore
import Testing

@testable import ApusConfiguration

@Suite struct FlatYAMLTests {
    private static let text = """
        artifact_uri: file:///home/user/mlruns/1/a/artifacts
        end_time: 1795352685940
        entry_point_name: ''
        experiment_id: '221270466301270046'
        name: "plain: text"
        lifecycle_stage: active
        negative: -3
        status: 3

        """

    @Test func `reads a run's metadata without the whole parser`() throws {
        #expect(FlatYAML.read(FlatYAMLTests.text, name: "m") == (try YAMLReader.read(FlatYAMLTests.text, name: "m")))
    }

    /// Whatever the quick reader takes, it reads as the whole parser does.
    @Test func `never differs from the whole parser`() throws {
        let bytes = Array(FlatYAMLTests.text.utf8)
        let special = Array(":'\"#-?!&*[]{}|> \n\t,~=%@\\aZ0.é".utf8)
        var quick = 0
        for sample in 0..<4000 {
            var stream = RandomStream(seed: 5, epoch: 0, sample: sample, purpose: 0)
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &stream) {
                let place = Int.random(in: 0..<changed.count, using: &stream)
                changed[place] = special.randomElement(using: &stream) ?? 0
            }
            guard let text = String(validating: changed, as: UTF8.self), let node = FlatYAML.read(text, name: "m")
            else { continue }
            quick += 1
            let whole = try? YAMLReader.read(text, name: "m")
            #expect(node == whole, "\(text)")
        }
        #expect(quick > 100)
    }
}
