import ApusCore
import ApusONNX

/// The parts of each text between delimiters, or between runs of whitespace; shorter lists end in empty texts.
/// <https://onnx.ai/onnx/operators/onnx__StringSplit.html>
struct TextSplitting: GeneralOperator {
    static let type = OperatorType("StringSplit", since: 20)
    private let delimiter: [UInt8]
    private let limit: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        delimiter = Array(try node.string("delimiter", default: "").utf8)
        limit = try node.int("maxsplit", default: .max)
        guard limit >= 0 else {
            throw .attributeValue("maxsplit", expected: "0 or more", found: "\(limit)", node: node.label)
        }
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let x = try inputs.texts(0)
        let parts = x.elements.map { delimiter.isEmpty ? words(of: $0) : fields(of: Array($0.utf8)) }
        let width = parts.reduce(0) { max($0, $1.count) }
        let shape = Shape(x.shape.dimensions + [width])
        let count = try shape.requireCount()
        let lease = try context.workspace.lease(count * MemoryLayout<String>.stride)
        let padded = parts.flatMap { $0 + [String](repeating: "", count: width - $0.count) }
        let texts = try withExtendedLifetime(lease) { () throws(OperatorError) in
            try context.make(shape, texts: padded)
        }
        let counts = try context.make(x.shape, .int64, integers: parts.map { Int64($0.count) })
        return [.strings(texts), .tensor(counts)]
    }

    private func words(of text: String) -> [String] {
        text.split(maxSplits: limit, whereSeparator: \.isWhitespace).map { String($0) }.enumerated().map {
            index, part in
            index == limit ? String(part.drop(while: \.isWhitespace)) : part
        }.filter { !$0.isEmpty }
    }

    private func fields(of text: [UInt8]) -> [String] {
        var fields: [String] = []
        var rest = text[...]
        while fields.count < limit, let range = rest.firstRange(of: delimiter) {
            fields.append(String(decoding: rest[..<range.lowerBound], as: UTF8.self))
            rest = rest[range.upperBound...]
        }
        return fields + [String(decoding: rest, as: UTF8.self)]
    }
}
