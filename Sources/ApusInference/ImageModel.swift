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

    func result(for image: Image) throws(InferenceError) -> Prediction.Result { try timedResult(for: image).result }

    func timedResult(for image: Image) throws(InferenceError) -> (result: Prediction.Result, times: StageTimes) {
        var times = StageTimes()
        let (arrays, placement) = try times.measure(\.preprocess) { () throws(InferenceError) in
            try input.arrays(for: image)
        }
        let outputs = try times.measure(\.network) { () throws(InferenceError) in try run(arrays) }
        let context = DecodingContext(
            placement: placement, thresholds: sidecar.thresholds,
            classCount: sidecar.labels.isEmpty ? nil : sidecar.labels.count)
        let result = try times.measure(\.decode) { () throws(InferenceError) in
            try sidecar.decode.result(of: ModelOutputs(file: file, names: outputNames, arrays: outputs), context)
        }
        return (result, times)
    }

    private func run(_ arrays: [String: NDArray]) throws(InferenceError) -> [String: NDArray] {
        do throws(RuntimeError) { return try session.run(arrays) } catch { throw .runtime(file: file, error) }
    }

    /// The extents of what the model sees.
    var inputExtents: (width: Int, height: Int) { (input.width, input.height) }
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
