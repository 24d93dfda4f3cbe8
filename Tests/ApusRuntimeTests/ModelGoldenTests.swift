import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Trained models against samples of onnxruntime's outputs: `Oracles/make_model_goldens.py`.
@Suite struct ModelGoldenTests {
    /// The models' folder; absent where the project stands alone.
    static let weights = FileSystem.folder(of: #filePath) + "/../../../shared/weights"
    static let isPresent = FileSystem.isFolder(weights)

    @Test(.enabled(if: isPresent), arguments: Oracles.names(in: "models"), Backend.allCases)
    func `equals onnxruntime`(name: String, backend: Backend) throws {
        guard backend != .generic else { return }
        let session = try Session(model: Model(contentsOf: "\(Self.weights)/\(name).onnx"), options: backend.options)
        let outputs = try session.run(inputs(of: session))
        for (output, array) in outputs {
            let file = output.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%")
            let expected = try NPYFile.read("\(Oracles.folder)/models/\(name)/\(file).npy")
            #expect(samples(array).isClose(to: expected, .wholeModel), "\(output)")
        }
        let others = inputs(of: session).mapValues {
            NDArray($0.elements(of: Float.self).reversed(), shape: $0.shape)
        }
        for _ in 0..<2 { _ = try session.run(others) }
        #expect(session.isReplaying || backend == .plain)
        #expect(try session.run(inputs(of: session)) == outputs)
    }

    /// The formula of the generator's `pixels`.
    private func inputs(of session: Session) -> [String: NDArray] {
        var feeds: [String: NDArray] = [:]
        for fact in session.inputs {
            let dynamic = [1, 3, 48, 192]
            let shape = Shape((fact.shape ?? []).enumerated().map { $0.element ?? dynamic[$0.offset] })
            let values = (0..<UInt32(shape.count)).map { Float(($0 &* 2_654_435_761) >> 8) / 0x1p24 }
            feeds[fact.name] = NDArray(values, shape: shape)
        }
        return feeds
    }

    private func samples(_ array: NDArray) -> NDArray {
        let count = min(256, array.count), elements = array.elements(of: Float.self)
        return NDArray((0..<count).map { elements[$0 * array.count / count] })
    }
}
