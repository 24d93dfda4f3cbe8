@testable import ApusONNX

/// Model files with one part that a test writes byte by byte.
enum Malformed {
    static func model(initializer: WireWriter) -> [UInt8] {
        model { $0.write(GraphField.initializer, initializer.bytes) }
    }

    static func model(graph: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        writer.write(ModelField.irVersion, 8)
        writer.write(ModelField.graph, message: graph)
        writer.write(ModelField.opsetImport) { $0.write(OpsetField.version, 17) }
        return writer.bytes
    }
}
