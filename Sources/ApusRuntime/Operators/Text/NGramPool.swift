import ApusCore
import ApusONNX

/// The runs that `TfIdfVectorizer` knows, and the output that each adds to.
struct NGramPool: Sendable {
    /// A word as its bytes, or a number.
    enum Item: Hashable, Sendable { case number(Int64), text([UInt8]) }

    private var outputs: [[Item]: Int] = [:]
    let outputCount: Int
    /// A factor for each output; `nil` where all are 1.
    let weights: [Float]?
    private let holdsTexts: Bool

    init(_ node: Node) throws(GraphError) {
        let texts = try node.optionalStrings("pool_strings")
        let numbers = texts == nil ? try node.ints("pool_int64s") : []
        let items = texts?.map { Item.text(Array($0.utf8)) } ?? numbers.map { .number(Int64($0)) }
        holdsTexts = texts != nil
        let starts = try node.ints("ngram_counts"), indexes = try node.ints("ngram_indexes")
        guard indexes.allSatisfy({ (0..<1 << 24).contains($0) }), let last = indexes.max() else {
            throw .attributeValue("ngram_indexes", expected: "places in the output", found: "others", node: node.label)
        }
        outputCount = last + 1
        weights = try node.optionalFloats("weights").map { given in
            var weights = [Float](repeating: 1, count: last + 1)
            for (output, weight) in zip(indexes, given) { weights[output] = weight }
            return weights
        }
        var position = 0
        for (number, start) in starts.enumerated() {
            let length = number + 1, end = length < starts.count ? starts[length] : items.count
            guard start >= 0, start <= end, end <= items.count, (end - start) % length == 0,
                position + (end - start) / length <= indexes.count
            else {
                throw .attributeValue(
                    "ngram_counts", expected: "starts in the pool", found: "\(start)", node: node.label)
            }
            for first in stride(from: start, to: end, by: length) {
                outputs[Array(items[first..<first + length])] = indexes[position]
                position += 1
            }
        }
    }

    subscript(gram: [Item]) -> Int? { outputs[gram] }

    /// The elements of `value`, which must be of the pool's kind.
    func items(of value: AnyValue, _ context: ExecutionContext) throws(OperatorError) -> (Shape, [Item]) {
        switch value {
        case .strings(let texts) where holdsTexts: (texts.shape, texts.elements.map { .text(Array($0.utf8)) })
        case .tensor(let x) where !holdsTexts: (x.shape, try x.indices(context).map { .number(Int64($0)) })
        default: throw .mismatch(expected: holdsTexts ? "strings" : "integers", found: value.kind)
        }
    }
}
