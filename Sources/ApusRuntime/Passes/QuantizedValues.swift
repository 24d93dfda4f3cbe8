import ApusCore
import ApusONNX

/// Which values of a graph are `DequantizeLinear` of 8-bit integers, and which are only read by one `QuantizeLinear`:
/// between the two, integers can be kept.
struct QuantizedValues {
    /// An array of integers and how it stands for numbers.
    struct Source {
        let name: String
        let scale: ByteScale
    }

    let graph: Graph
    let uses: GraphUses

    init(_ graph: Graph) {
        self.graph = graph
        uses = GraphUses(graph)
    }

    /// The integers that `value` was made from, where one scale serves all of them.
    func source(of value: String?) -> Source? {
        guard let value, let producer = uses.producer(of: value) else { return nil }
        let node = graph.nodes[producer]
        guard node.isStandard("DequantizeLinear"), let scale = byteScale(of: node) else { return nil }
        return Source(name: node.inputs[0], scale: scale)
    }

    /// The one node that reads `value`, where it is a `QuantizeLinear` to 8-bit integers of one scale.
    func target(of value: String) -> (node: Int, scale: ByteScale)? {
        guard uses.hasOneReader(value), let reader = uses.readers(of: value).first else { return nil }
        let node = graph.nodes[reader]
        guard node.isStandard("QuantizeLinear"), node.outputs.count == 1, node.input(0) == value,
            let scale = byteScale(of: node)
        else { return nil }
        return (reader, scale)
    }

    /// The scale and zero point of a `QuantizeLinear` or `DequantizeLinear`, where both are constants for all elements.
    private func byteScale(of node: Node) -> ByteScale? {
        guard let scale = graph.scalar(node.input(1)), scale > 0, scale.isFinite, let name = node.input(2),
            let zero = graph.initializers[name], zero.count == 1, node.input(0) != nil
        else { return nil }
        switch zero.dataType {
        case .int8:
            return ByteScale(scale: scale, zero: Int32(zero.elements(of: Int8.self)[0]), type: .int8)
        case .uint8:
            return ByteScale(scale: scale, zero: Int32(zero.elements(of: UInt8.self)[0]), type: .uint8)
        default: return nil
        }
    }
}
