import ApusONNX
import ApusTracking

extension MLModelFile {
    /// What MLflow needs to load this model, which lies beside the file.
    public init(_ model: Model, fileName: String, byteCount: Int, runID: String?, modelID: String?) {
        self.init(
            modelFile: fileName, inputs: model.graph.requiredInputs.map(TensorSpecification.init),
            outputs: model.graph.outputs.map(TensorSpecification.init), runID: runID, modelID: modelID,
            modelBytes: byteCount)
    }
}

extension MLModelFile.TensorSpecification {
    /// Extents that are not fixed become −1.
    init(_ value: ValueInfo) {
        self.init(
            name: value.name, dataType: value.dataType?.rawValue ?? "float32",
            shape: (value.shape ?? []).map { $0.value ?? -1 })
    }
}
