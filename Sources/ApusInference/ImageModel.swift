import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// A model bound to a sidecar: pixels in, arrays out.
struct ImageModel: Sendable {
    let file: String
    let sidecar: Sidecar
    private let session: Session
    private let input: ImageInput
    private let outputNames: [String]

    init(_ session: Session, _ sidecar: Sidecar, file: String) throws(InferenceError) {
        (self.session, self.sidecar, self.file) = (session, sidecar, file)
        input = try ImageInput(sidecar.preprocess, inputs: session.inputs, file: file)
        outputNames = session.outputs.map(\.name)
    }

    func result(for image: Image) throws(InferenceError) -> Prediction.Result {
        let (arrays, placement) = try input.arrays(for: image)
        let outputs: [String: NDArray]
        do throws(RuntimeError) {
            outputs = try session.run(arrays)
        } catch { throw .runtime(file: file, error) }
        let context = DecodingContext(
            placement: placement, thresholds: sidecar.thresholds,
            classCount: sidecar.labels.isEmpty ? nil : sidecar.labels.count)
        return try sidecar.decode.result(
            of: ModelOutputs(file: file, names: outputNames, arrays: outputs), context)
    }
}

extension Session {
    convenience init(_ model: Model, file: String, threads: Int) throws(InferenceError) {
        do throws(RuntimeError) {
            try self.init(model: model, options: .init(threads: threads))
        } catch { throw .runtime(file: file, error) }
    }
}

extension Model {
    /// Reads an ONNX file for a predictor.
    static func read(_ path: String) throws(InferenceError) -> Model {
        do throws(GraphError) { return try Model(contentsOf: path) } catch { throw .model(file: path, error) }
    }
}
