import ApusConfiguration
import ApusCore

/// What MLflow needs to load an ONNX model from a folder: the file `MLmodel` and its companions.
public struct MLModelFile: Equatable, Sendable {
    /// An input or output of the model, as MLflow's signature states it.
    public struct TensorSpecification: Equatable, Sendable {
        public var name: String
        /// NumPy's name, such as `float32`.
        public var dataType: String
        /// -1 where any size fits.
        public var shape: [Int]

        public init(name: String, dataType: String = "float32", shape: [Int]) {
            self.name = name
            self.dataType = dataType
            self.shape = shape
        }

        fileprivate var json: String {
            let shape = shape.map(String.init).joined(separator: ", ")
            return "{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \(YAMLWriter.quoted(dataType)), "
                + "\"shape\": [\(shape)]}, \"name\": \(YAMLWriter.quoted(name))}"
        }
    }

    public var modelFile = "model.onnx"
    public var inputs: [TensorSpecification]
    public var outputs: [TensorSpecification]
    public var runID: String?
    /// Links to a logged model, see `Run.logModel`; `LoggedModel.newID()` makes one beforehand.
    public var modelID: String?
    /// Milliseconds since 1970.
    public var creationTime: Int64
    public var modelBytes: Int?

    public init(
        modelFile: String = "model.onnx", inputs: [TensorSpecification], outputs: [TensorSpecification],
        runID: String? = nil, modelID: String? = nil, modelBytes: Int? = nil, creationTime: Int64? = nil
    ) {
        self.modelFile = modelFile
        self.inputs = inputs
        self.outputs = outputs
        self.runID = runID
        self.modelID = modelID
        self.modelBytes = modelBytes
        self.creationTime = creationTime ?? currentMilliseconds()
    }

    // The environment in which the files were tried with MLflow.
    static let mlflowVersion = "3.17.2"
    static let pythonVersion = "3.11.7"
    static let onnxVersion = "1.23.2"

    /// Every file by its name in the model's folder.
    public var files: [String: String] {
        [
            "MLmodel": text, "requirements.txt": "mlflow==\(MLModelFile.mlflowVersion)\nnumpy\nonnx\nonnxruntime",
            "python_env.yaml": """
            python: \(MLModelFile.pythonVersion)
            build_dependencies:
            - pip
            dependencies:
            - -r requirements.txt

            """,
            "conda.yaml": """
            channels:
            - conda-forge
            dependencies:
            - python=\(MLModelFile.pythonVersion)
            - pip
            - pip:
              - mlflow==\(MLModelFile.mlflowVersion)
              - numpy
              - onnx
              - onnxruntime
            name: mlflow-env

            """,
        ]
    }

    /// Writes the files into the model's folder.
    public func write(to folder: String) throws(TrackingError) {
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try onFiles { () throws(FileError) in try FileSystem.writeWhole(text, to: folder + "/" + name) }
        }
    }

    /// The file `MLmodel`.
    public var text: String {
        var entries: [(String, MetaValue)] = [
            ("flavors", .mapping(["onnx": onnxFlavor, "python_function": pythonFlavor])),
            ("mlflow_version", .text(MLModelFile.mlflowVersion)), ("signature", signature),
            ("utc_time_created", .text(timestampText(milliseconds: creationTime))),
        ]
        if let modelID { entries += [("model_id", .text(modelID)), ("model_uuid", .text(modelID))] }
        if let runID { entries.append(("run_id", .text(runID))) }
        if let modelBytes { entries.append(("model_size_bytes", .integer(Int64(modelBytes)))) }
        let sorted = entries.sorted { $0.0 < $1.0 }.map { YAMLEntry($0.0, $0.1.node) }
        return YAMLWriter.text(of: YAMLNode(.mapping(sorted)))
    }

    private var onnxFlavor: MetaValue {
        .mapping([
            "data": .text(modelFile), "onnx_version": .text(MLModelFile.onnxVersion),
            "providers": .texts(["CPUExecutionProvider"]),
        ])
    }

    private var pythonFlavor: MetaValue {
        .mapping([
            "data": .text(modelFile), "env": .mapping(["conda": "conda.yaml", "virtualenv": "python_env.yaml"]),
            "loader_module": "mlflow.onnx", "python_version": .text(MLModelFile.pythonVersion),
        ])
    }

    private var signature: MetaValue {
        let json = { (tensors: [TensorSpecification]) in "[\(tensors.map(\.json).joined(separator: ", "))]" }
        return .mapping(["inputs": .text(json(inputs)), "outputs": .text(json(outputs)), "params": .null])
    }
}
