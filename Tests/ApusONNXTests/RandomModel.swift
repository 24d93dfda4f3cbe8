import ApusCore
@testable import ApusONNX

/// A valid model drawn from a seed: every attribute kind, every element type, subgraphs, functions.
struct RandomModel {
    private var random: RandomStream
    private var counter = 0

    static func make(seed: UInt64) -> Model {
        var maker = RandomModel(random: RandomStream(seed: seed))
        return maker.model()
    }

    private mutating func model() -> Model {
        var model = Model(graph: graph(depth: 0, outer: []), opset: 17, producer: name())
        model.opsetImports["custom"] = 1
        for _ in 0..<draw(3) { model.metadata[name()] = name() }
        if draw(2) == 1 { model.functions = [function()] }
        model.documentation = draw(2) == 1 ? "naïve – ✓" : ""
        return model
    }

    private mutating func graph(depth: Int, outer: [String]) -> Graph {
        var graph = Graph(name: name())
        graph.inputs = (0..<draw(3)).map { _ in ValueInfo(name(), type: .tensor(element(), shape: shape())) }
        for _ in 0..<(1 + draw(4)) { graph.initializers[name()] = array() }
        for _ in 0..<draw(2) { graph.stringInitializers[name()] = texts() }
        for _ in 0..<draw(2) { graph.sparseInitializers[name()] = sparse() }
        var known = outer + graph.inputs.map(\.name) + graph.initializers.keys.sorted()
        for _ in 0..<(1 + draw(6)) {
            let node = node(depth: depth, known: known)
            graph.nodes.append(node)
            known += node.outputs.filter { !$0.isEmpty }
        }
        graph.outputs = graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty }.map {
            ValueInfo($0, type: .tensor(element(), shape: shape()))
        }
        return graph
    }

    private mutating func node(depth: Int, known: [String]) -> Node {
        let inputs = (0..<draw(4)).map { _ in draw(5) == 0 ? "" : known[draw(known.count)] }
        var attributes = [String: Attribute]()
        for _ in 0..<draw(4) { attributes[name()] = attribute(depth: depth, known: known) }
        return Node(
            "Op\(draw(9))", name: draw(2) == 0 ? "" : name(), domain: "custom", inputs: inputs,
            outputs: [name()] + (draw(3) == 0 ? ["", name()] : []), attributes: attributes)
    }

    private mutating func attribute(depth: Int, known: [String]) -> Attribute {
        switch draw(depth < 2 ? 14 : 12) {
        case 0: .float(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
        case 1: .int(Int(truncatingIfNeeded: random.next()))
        case 2: .string(name())
        case 3: .tensor(array())
        case 4: .floats((0..<draw(5)).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) })
        case 5: .ints((0..<draw(5)).map { _ in Int(truncatingIfNeeded: random.next()) })
        case 6: .strings((0..<draw(3)).map { _ in name() })
        case 7: .tensors((0..<draw(3)).map { _ in array() })
        case 8: .type(.optional(.sequence(.tensor(element(), shape: shape()))))
        case 9: .types([.tensor(element(), shape: nil)])
        case 10: .stringTensor(texts())
        case 11: .sparseTensor(sparse())
        case 12: .graph(graph(depth: depth + 1, outer: known))
        default: .graphs([graph(depth: depth + 1, outer: known), graph(depth: depth + 1, outer: known)])
        }
    }

    private mutating func function() -> Function {
        Function(
            name: name(), domain: "custom", inputs: ["a"], outputs: ["b"],
            nodes: [
                Node("Op", domain: "custom", inputs: ["a"], outputs: ["b"], attributes: ["k": .reference("q", code: 2)])
            ],
            opsetImports: ["custom": 1], attributeNames: ["p"], defaultAttributes: ["q": .int(draw(9))])
    }

    private mutating func array() -> NDArray {
        let type = DataType.allCases[draw(DataType.allCases.count)]
        let shape = Shape((0..<draw(4)).map { _ in draw(7) })
        var array = NDArray(uninitialized: shape, dataType: type)
        array.withUnsafeMutableBytes { bytes in
            let mask: UInt8 = type == .bool ? 1 : type == .uint4 ? 15 : 255
            for index in bytes.indices {
                let byte = UInt8(truncatingIfNeeded: random.next()) & mask
                // A 4-bit integer in memory carries its sign up to the byte's.
                bytes[index] = type == .int4 ? UInt8(bitPattern: Int8(bitPattern: byte << 4) >> 4) : byte
            }
        }
        return array
    }

    private mutating func texts() -> StringArray {
        let rows = draw(3)
        return StringArray((0..<rows * 2).map { _ in draw(4) == 0 ? "" : name() }, shape: [rows, 2])
    }

    private mutating func sparse() -> SparseArray {
        SparseArray(shape: [4, 5], values: NDArray([1, 2] as [Float]), indices: NDArray([Int64(draw(9)), 19]))
    }

    private mutating func shape() -> [Dimension] {
        (0..<draw(4)).map { _ in [Dimension.fixed(draw(100)), .symbolic(name()), .unknown][draw(3)] }
    }

    private mutating func element() -> ElementType { ElementType.allCases[draw(ElementType.allCases.count)] }

    private mutating func name() -> String {
        counter += 1
        return ["v", "naïve", "модель", "x/y.z"][draw(4)] + "\(counter)"
    }

    private mutating func draw(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}
