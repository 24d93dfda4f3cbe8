import ApusCore

/// Standard operators that only move or compare elements, and thus work on texts as on numbers; which of their outputs
/// then hold texts.
let textMovers: [String: Range<Int>] = [
    "CenterCropPad": 0..<1, "Compress": 0..<1, "Concat": 0..<1, "DepthToSpace": 0..<1, "Dropout": 0..<1,
    "Equal": 0..<0, "Expand": 0..<1, "Flatten": 0..<1, "Gather": 0..<1, "GatherElements": 0..<1, "GatherND": 0..<1,
    "OneHot": 0..<1, "Pad": 0..<1, "Reshape": 0..<1, "ReverseSequence": 0..<1, "Scatter": 0..<1,
    "ScatterElements": 0..<1, "ScatterND": 0..<1, "Shape": 0..<0, "Size": 0..<0, "Slice": 0..<1,
    "SpaceToDepth": 0..<1, "Split": 0..<(.max), "Squeeze": 0..<1, "Tile": 0..<1, "Transpose": 0..<1, "Trilu": 0..<1,
    "Unique": 0..<1, "Unsqueeze": 0..<1, "Where": 0..<1,
]

/// Numbers that stand for texts: equal for equal texts, in the order of their bytes, and 0 for the empty text.
struct TextRanks {
    private let texts: [String]
    private let ranks: [Text: Int64]

    /// A text as its bytes: Swift's own equality takes different spellings of one letter for equal.
    private struct Text: Hashable, Comparable {
        let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }

        static func < (a: Text, b: Text) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
    }

    init(_ inputs: [AnyValue?]) throws(OperatorError) {
        var seen: [Text: String] = [Text(""): ""]
        for input in inputs.compactMap({ $0 }) {
            guard case .strings(let array) = input else { continue }
            for text in array.elements { seen[Text(text)] = text }
        }
        let order = seen.keys.sorted()
        texts = order.map { seen[$0] ?? "" }
        ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, Int64($0)) })
    }

    /// The inputs with numbers for texts.
    func tensors(of inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [Value?] {
        var results: [Value?] = []
        for input in inputs {
            switch input {
            case nil: results.append(nil)
            case .tensor(let value): results.append(value)
            case .strings(let array):
                let numbers = array.elements.map { ranks[Text($0)] ?? 0 }
                results.append(try context.make(array.shape, .int64, integers: numbers))
            case let other?: throw .mismatch(expected: "numbers or strings", found: other.kind)
            }
        }
        return results
    }

    /// The outputs with texts for numbers, where they are such.
    func texts(
        of outputs: [Value], _ textOutputs: Range<Int>, _ context: ExecutionContext
    ) throws(OperatorError) -> [AnyValue] {
        var results: [AnyValue] = []
        for (index, output) in outputs.enumerated() {
            guard textOutputs.contains(index), output.dataType == .int64 else {
                results.append(.tensor(output))
                continue
            }
            let numbers = try output.integers(context)
            try expect(
                numbers.allSatisfy { texts.indices.contains(Int($0)) }, "strings that are only moved", found: "sums")
            results.append(.strings(try context.make(output.shape, texts: numbers.map { texts[Int($0)] })))
        }
        return results
    }
}
