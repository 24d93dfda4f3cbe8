import ApusCore

/// A file that holds one `TensorProto`, as the ONNX project stores the inputs and outputs of its test cases.
public enum TensorFile {
    /// - Throws: `GraphError` for a file that is no tensor, or whose elements no `NDArray` holds.
    public static func read(_ path: String) throws(GraphError) -> NDArray {
        try TensorMessage(WireReader(try WireContext(mapping: path))).array()
    }
}
