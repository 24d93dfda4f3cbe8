/// The messages of onnx.proto, as far as a mutation must tell them apart.
enum Schema {
    case model, graph, node, attribute, tensor, valueInfo, type, tensorType, elementType, shape, dimension
    case function, pair

    /// What the field `number` holds, where that is a message.
    func child(_ number: Int) -> Schema? { Self.children[self]?[number] }

    /// Whether the field `number` is the name of a value.
    func isValueName(_ number: Int) -> Bool {
        switch self {
        case .node: number == 1 || number == 2
        case .valueInfo: number == 1
        case .tensor: number == 8
        case .function: number == 4 || number == 5
        default: false
        }
    }

    /// Whether the field `number` is a list of packed integers.
    func isPackedIntegers(_ number: Int) -> Bool {
        switch self {
        case .tensor: [1, 5, 7, 11].contains(number)
        case .attribute: number == 8
        default: false
        }
    }

    private static let children: [Schema: [Int: Schema]] = [
        .model: [7: .graph, 8: .pair, 14: .pair, 25: .function],
        .graph: [1: .node, 5: .tensor, 11: .valueInfo, 12: .valueInfo, 13: .valueInfo],
        .node: [5: .attribute],
        .attribute: [5: .tensor, 6: .graph, 10: .tensor, 11: .graph, 14: .type, 15: .type],
        .tensor: [13: .pair],
        .valueInfo: [2: .type],
        .type: [1: .tensorType, 4: .elementType, 9: .elementType],
        .elementType: [1: .type],
        .tensorType: [2: .shape],
        .shape: [1: .dimension],
        .function: [7: .node, 9: .pair, 11: .attribute],
    ]
}
