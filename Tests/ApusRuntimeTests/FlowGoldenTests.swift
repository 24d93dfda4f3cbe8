import ApusCore
import ApusONNX
import Testing

@testable import ApusRuntime

/// Models with subgraphs, functions, sequences, texts and 16-bit floats give what onnxruntime gives.
@Suite struct FlowGoldenTests {
    @Test(arguments: Oracles.names(in: "flow"), Backend.allCases)
    func `agrees with onnxruntime`(name: String, backend: Backend) throws {
        let folder = "\(Oracles.folder)/flow/\(name)"
        let model = try Model(contentsOf: folder + "/model.onnx")
        let session = try Session(model: model, options: backend.options)
        let inputs = try values(of: model.graph.requiredInputs, "\(folder)/test_data_set_0/input_")
        let expected = try values(of: model.graph.outputs, "\(folder)/test_data_set_0/output_")
        // A second run must find nothing of the first.
        for _ in 0..<2 {
            let outputs = try session.run(values: inputs)
            for (name, value) in expected { #expect(outputs[name]?.isClose(to: value) ?? false, "\(name)") }
        }
    }

    private func values(of infos: [ValueInfo], _ path: String) throws -> [String: ModelValue] {
        var values: [String: ModelValue] = [:]
        for (index, info) in infos.enumerated() {
            values[info.name] = try ValueFile.read("\(path)\(index).pb", as: info.type)
        }
        return values
    }
}

extension ModelValue {
    /// Whether kinds, shapes and types agree, and numbers but for rounding.
    func isClose(to other: ModelValue) -> Bool {
        switch (self, other) {
        case (.tensor(let a), .tensor(let b)) where a.dataType == .float16: a.isCloseHalf(to: b)
        case (.tensor(let a), .tensor(let b)): a.isClose(to: b, .wholeModel)
        case (.sequence(let a), .sequence(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isClose(to: $1) }
        default: self == other
        }
    }
}

extension NDArray {
    /// Rounding to 16 bits after every layer, or only at the end, makes that much of a difference.
    fileprivate func isCloseHalf(to other: NDArray) -> Bool {
        guard shape == other.shape, dataType == other.dataType else { return false }
        let (a, b) = (widened, other.widened)
        return zip(a.elements(of: Float.self), b.elements(of: Float.self)).allSatisfy { abs($0 - $1) < 4e-3 * max(1, abs($1)) }
    }
}
