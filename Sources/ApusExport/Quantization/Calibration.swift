import ApusCore
import ApusONNX
import ApusRuntime

/// Runs a model and counts the numbers of inner values.
struct Calibration {
    private let session: Session
    private let values: [String]
    /// Values that are the model's inputs: no run gives them.
    private let inputs: Set<String>

    init(_ model: Model, values: [String]) throws {
        var model = model
        inputs = Set(model.graph.requiredInputs.map(\.name))
        let known = inputs
        model.graph.outputs = values.filter { !known.contains($0) }.map { ValueInfo($0, .float32, shape: nil) }
        session = try Session(model: model)
        self.values = values
    }

    func histograms(_ batches: some Sequence<[String: NDArray]>) throws -> [String: ActivationHistogram] {
        var histograms = Dictionary(uniqueKeysWithValues: values.map { ($0, ActivationHistogram()) })
        var count = 0
        for batch in batches {
            let outputs = try session.run(batch)
            count += 1
            for value in values {
                guard let array = inputs.contains(value) ? batch[value] : outputs[value], array.dataType == .float32
                else { continue }
                array.withElements(of: Float.self) { histograms[value]?.add($0) }
            }
        }
        guard count > 0 else { throw ExportError.quantization("nothing to calibrate on; give at least one image") }
        return histograms
    }
}
