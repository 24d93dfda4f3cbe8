import ApusCore
import ApusONNX

/// How often each known run of words or numbers stands in the input, weighted if asked for.
/// <https://onnx.ai/onnx/operators/onnx__TfIdfVectorizer.html>
struct NGramCounting: GeneralOperator {
    static let type = OperatorType("TfIdfVectorizer", since: 9)
    private let lengths: ClosedRange<Int>
    private let maximumSkip: Int
    private let mode: Mode
    private let grams: NGramPool

    private enum Mode: String { case frequency = "TF", presence = "IDF", weightedFrequency = "TFIDF" }

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let shortest = try node.int("min_gram_length"), longest = try node.int("max_gram_length")
        guard (1...64).contains(shortest), (shortest...64).contains(longest) else {
            throw .attributeValue(
                "max_gram_length", expected: "min_gram_length to 64", found: "\(longest)", node: node.label)
        }
        lengths = shortest...longest
        maximumSkip = try node.int("max_skip_count")
        guard (0...1 << 20).contains(maximumSkip) else {
            throw .attributeValue("max_skip_count", expected: "0 or more", found: "\(maximumSkip)", node: node.label)
        }
        let name = try node.string("mode")
        guard let mode = Mode(rawValue: name) else {
            throw .attributeValue("mode", expected: "TF, IDF or TFIDF", found: name, node: node.label)
        }
        self.mode = mode
        grams = try NGramPool(node)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let x = try inputs.required(0)
        let (shape, items) = try grams.items(of: x, context)
        try expect((1...2).contains(shape.rank), "[C] or [N, C]", found: "\(shape)")
        let width = shape[-1], rows = shape.rank == 1 ? 1 : shape[0]
        let result = Shape(shape.dimensions.dropLast() + [grams.outputCount])
        var counts = [Float](repeating: 0, count: try result.requireCount())
        for row in 0..<rows {
            let range = row * grams.outputCount..<(row + 1) * grams.outputCount
            count(items[row * width..<(row + 1) * width], in: &counts[range])
            weigh(&counts[range])
        }
        return [.tensor(try context.make(result, .float32, doubles: counts.map(Double.init)))]
    }

    private func count(_ items: ArraySlice<NGramPool.Item>, in counts: inout ArraySlice<Float>) {
        for length in lengths {
            // Neighbours in a run are at most so far apart; a single item is no run.
            for distance in 1...(length == 1 ? 1 : maximumSkip + 1) {
                let reach = (length - 1) * distance
                guard reach < items.count else { break }
                for start in items.startIndex..<items.endIndex - reach {
                    let gram = stride(from: start, through: start + reach, by: distance).map { items[$0] }
                    if let output = grams[gram] { counts[counts.startIndex + output] += 1 }
                }
            }
        }
    }

    private func weigh(_ counts: inout ArraySlice<Float>) {
        guard mode != .frequency else { return }
        for (offset, index) in counts.indices.enumerated() {
            if mode == .presence { counts[index] = min(counts[index], 1) }
            if let weights = grams.weights { counts[index] *= weights[offset] }
        }
    }
}
