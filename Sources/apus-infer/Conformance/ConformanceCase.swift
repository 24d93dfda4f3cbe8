import ApusCore
import ApusONNX
import Glibc

/// A model with inputs and the outputs that are right, in the folders of ONNX's backend tests:
/// `model.onnx` and `test_data_set_N/{input,output}_K.pb`.
struct ConformanceCase {
    /// The folder's name below its kind, as `node/test_abs`.
    let name: String
    let folder: String

    /// One run: what the model gets, and what it must return.
    struct DataSet {
        let inputs: [String: ModelValue]
        let outputs: [(name: String, value: ModelValue)]
    }

    /// The cases at or below a folder: a case itself, a kind such as `node`, or the folder of all kinds.
    static func list(at path: String) throws(FileError) -> [ConformanceCase] {
        try list(at: path, depth: 2)
    }

    private static func list(at path: String, depth: Int) throws(FileError) -> [ConformanceCase] {
        if FileSystem.exists(path + "/model.onnx") { return [ConformanceCase(folder: path)] }
        guard depth > 0 else { return [] }
        var cases: [ConformanceCase] = []
        for name in try FileSystem.names(in: path) where FileSystem.isFolder(path + "/" + name) {
            cases += try list(at: path + "/" + name, depth: depth - 1)
        }
        return cases
    }

    init(folder: String) {
        self.folder = folder
        name = Self.absolute(folder).split(separator: "/").suffix(2).joined(separator: "/")
    }

    /// Without links and dots, so that a case has one name however it is reached.
    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    func model() throws(GraphError) -> Model { try Model(contentsOf: folder + "/model.onnx") }

    /// Every data set, its values named as the graph's inputs and outputs of that order.
    func dataSets(for graph: Graph) throws -> [DataSet] {
        let names = try FileSystem.names(in: folder).filter { $0.hasPrefix("test_data_set_") }
        return try names.map { name in
            let path = folder + "/" + name
            return DataSet(
                inputs: Dictionary(try values(path, "input", graph.inputs), uniquingKeysWith: { $1 }),
                outputs: try values(path, "output", graph.outputs))
        }
    }

    private func values(
        _ path: String, _ kind: String, _ infos: [ValueInfo]
    ) throws(GraphError) -> [(String, ModelValue)] {
        var values: [(String, ModelValue)] = []
        for (index, info) in infos.enumerated() {
            let file = "\(path)/\(kind)_\(index).pb"
            guard FileSystem.exists(file) else { break }
            values.append((info.name, try ValueFile.read(file, as: info.type).declared(as: info)))
        }
        return values
    }
}

extension ModelValue {
    /// Some files hold the bits of a `bfloat16` as `uint16`.
    fileprivate func declared(as info: ValueInfo) -> ModelValue {
        guard case .tensor(let array) = self, array.dataType == .uint16, info.dataType == .bfloat16 else { return self }
        return .tensor(NDArray(shape: array.shape, dataType: .bfloat16, storage: array.storage))
    }
}
