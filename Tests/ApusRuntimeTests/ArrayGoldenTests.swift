import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Array, logic, linear and recurrent operators a model each, with the outputs of onnxruntime:
/// `Oracles/make_array_goldens.py`.
@Suite struct ArrayGoldenTests {
    @Test(arguments: Backend.allCases)
    func `equals onnxruntime`(backend: Backend) throws {
        for file in Oracles.names(in: "arrays") {
            var model = try Model(contentsOf: "\(Oracles.folder)/arrays/\(file)")
            let inputs = take("input:", from: &model), expected = take("expected:", from: &model)
            do {
                let outputs = try Session(model: model, options: backend.options).run(inputs)
                for (name, array) in expected {
                    let output = try #require(outputs[name], "\(file)")
                    #expect(output.isClose(to: array, .rounding), "\(file) \(name): \(output.shape) \(array.shape)")
                }
            } catch let error as RuntimeError {
                Issue.record("\(file): \(error)")
            }
        }
    }

    @Test func `there are goldens for every family`() {
        #expect(Oracles.names(in: "arrays").count > 600)
    }

    private func take(_ prefix: String, from model: inout Model) -> [String: NDArray] {
        var taken: [String: NDArray] = [:]
        for (name, array) in model.graph.initializers where name.hasPrefix(prefix) {
            taken[String(name.dropFirst(prefix.count))] = array
            model.graph.initializers[name] = nil
        }
        return taken
    }
}
