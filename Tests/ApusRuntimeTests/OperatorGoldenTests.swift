import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// One operator (or one fusion) a model, with the outputs of onnxruntime: `Oracles/make_operator_goldens.py`.
@Suite struct OperatorGoldenTests {
    @Test(arguments: Oracles.names(in: "operators"), Backend.allCases)
    func `equals onnxruntime`(file: String, backend: Backend) throws {
        var model = try Model(contentsOf: "\(Oracles.folder)/operators/\(file)")
        let inputs = take("input:", from: &model), expected = take("expected:", from: &model)
        let outputs = try Session(model: model, options: backend.options).run(inputs)
        #expect(outputs.keys.sorted() == expected.keys.sorted())
        for (name, array) in expected {
            let output = try #require(outputs[name])
            #expect(
                output.isClose(to: array),
                "\(name): \(output.shape) \(output.dataType), \(array.shape) \(array.dataType)")
        }
    }

    @Test func `there are goldens for most operators`() {
        #expect(Oracles.names(in: "operators").count > 200)
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
