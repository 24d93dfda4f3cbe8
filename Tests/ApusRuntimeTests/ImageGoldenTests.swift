import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Spatial and image operators, with the outputs of onnxruntime: `Oracles/make_image_goldens.py`.
@Suite struct ImageGoldenTests {
    @Test(arguments: Oracles.names(in: "images"), [Backend.plain, .generic])
    func `equals onnxruntime`(file: String, backend: Backend) throws {
        var model = try Model(contentsOf: "\(Oracles.folder)/images/\(file)")
        let inputs = take("input:", from: &model), expected = take("expected:", from: &model)
        let outputs = try Session(model: model, options: backend.options).run(inputs)
        #expect(outputs.keys.sorted() == expected.keys.sorted())
        for (name, array) in expected {
            let output = try #require(outputs[name])
            #expect(output.isClose(to: array, .wholeModel), "\(name): \(output.shape), \(array.shape)")
        }
    }

    @Test func `there are goldens for every family`() {
        #expect(Oracles.names(in: "images").count > 200)
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
