import ApusCore

/// An ONNX model: a graph, the operator sets it speaks, and what its maker wrote about it.
///
/// <https://onnx.ai/onnx/repo-docs/IR.html>
public struct Model: Equatable, Sendable {
    public var irVersion: Int
    /// Version by domain; the standard operators' domain is the empty string.
    public var opsetImports: [String: Int]
    public var producer: String
    public var producerVersion: String
    public var domain: String
    public var modelVersion: Int
    public var documentation: String
    /// `metadata_props`.
    public var metadata: [String: String]
    public var graph: Graph
    public var functions: [Function]

    public init(
        graph: Graph, opset: Int = 17, irVersion: Int = 8, producer: String = "apus", producerVersion: String = "",
        metadata: [String: String] = [:]
    ) {
        (self.graph, self.irVersion, self.metadata) = (graph, irVersion, metadata)
        (self.producer, self.producerVersion, self.domain) = (producer, producerVersion, "")
        (self.opsetImports, self.modelVersion, self.documentation, self.functions) = (["": opset], 0, "", [])
    }

    /// The version of the standard operators.
    public var opset: Int { opsetImports[""] ?? 1 }
}

/// An operator that the model itself defines from others.
public struct Function: Equatable, Sendable {
    public var name: String
    public var domain: String
    /// Tells apart functions of one name.
    public var overload = ""
    public var inputs: [String]
    public var outputs: [String]
    /// Attributes that a call must give.
    public var attributeNames: [String]
    /// Attributes that a call may leave out, with their values then.
    public var defaultAttributes: [String: Attribute]
    public var nodes: [Node]
    public var opsetImports: [String: Int]

    public init(
        name: String, domain: String, inputs: [String], outputs: [String], nodes: [Node],
        opsetImports: [String: Int], attributeNames: [String] = [], defaultAttributes: [String: Attribute] = [:]
    ) {
        (self.name, self.domain, self.inputs, self.outputs) = (name, domain, inputs, outputs)
        (self.nodes, self.opsetImports) = (nodes, opsetImports)
        (self.attributeNames, self.defaultAttributes) = (attributeNames, defaultAttributes)
    }
}
