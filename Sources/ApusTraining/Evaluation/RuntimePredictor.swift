import ApusCore
import ApusDatasets
import ApusONNX
import ApusRuntime
import ApusVision

/// Raw outputs of an exported model in our runtime.
public struct RuntimePredictor: BatchPredictor, Sendable {
    private let sessions: Sessions
    private let input: InputSpecification
    private let inputName: String
    private var threads = availableCores

    /// - Throws: `TrainingError.outputs` where the model is not of one float32 input.
    public init(model: Model, description: ModelDescription) throws {
        sessions = Sessions(model: model)
        let session = try sessions.session(threads: 1)
        guard session.inputs.count == 1, session.inputs[0].dataType == .float32, !session.outputs.isEmpty else {
            throw TrainingError.outputs(
                found: session.inputs.map { "\($0.dataType) \($0.name)" }, expected: "one float32 input and an output")
        }
        (input, inputName) = (description.input, session.inputs[0].name)
    }

    public func outputs(for batch: Batch) throws -> [NDArray] {
        let session = try sessions.session(threads: threads)
        let found = try session.run([inputName: batch.array(input)])
        return session.outputs.compactMap { found[$0.name] }
    }

    public func onOneThread() -> (any BatchPredictor & Sendable)? {
        var predictor = self
        predictor.threads = 1
        return predictor
    }
}

/// A model made ready to run on as many threads as somebody asks for.
private final class Sessions: Sendable {
    private let model: Model
    private let made = Mutex<[Int: Session]>([:])

    init(model: Model) { self.model = model }

    func session(threads: Int) throws -> Session {
        try made.withLock { made in
            if let session = made[threads] { return session }
            let session = try Session(model: model, options: .init(threads: threads))
            made[threads] = session
            return session
        }
    }
}

extension Batch {
    /// `[N, 3, H, W]` as a model expects its pixels.
    func array(_ input: InputSpecification) -> NDArray {
        let imageBytes = width * height * 3
        var array = NDArray(uninitialized: [count, 3, height, width], dataType: .float32)
        array.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            for position in 0..<count {
                let bytes = withUnsafeBytes { Array($0[position * imageBytes..<(position + 1) * imageBytes]) }
                Image(width: width, height: height, channels: 3, pixels: bytes)
                    .normalizedCHW(into: base + position * imageBytes, input)
            }
        }
        return array
    }
}
