import ApusCore
import ApusRuntime

/// A model's inputs and outputs as far as they are known, and their real shapes where one run tells them.
struct ModelSignature {
    struct Output {
        let name: String
        /// Without leading extents of 1; `nil` where one varies.
        let shape: [Int?]?
        let dataType: DataType

        /// A leading extent that varies is the batch where two others follow.
        static func withoutBatch(_ extents: [Int?]) -> [Int?] {
            var rest = extents[...]
            while let first = rest.first, first == 1 || (first == nil && rest.count > 2) { rest.removeFirst() }
            return Array(rest)
        }

        var lastExtent: Int? { shape?.last.flatMap { $0 } }
    }

    let file: String
    let inputs: [TensorFact]
    private(set) var outputs: [Output]
    /// The input that takes pixels; `nil` where none or more than one could.
    let pixels: TensorFact?
    let isInterleaved: Bool
    /// Channels of the pixels: 3 where they may vary.
    let channels: Int
    let width, height: Int?

    init(_ session: Session, file: String) {
        let images = session.inputs.filter { $0.couldBeImage }
        self.init(session, file: file, pixels: images.count == 1 ? images[0] : nil)
    }

    private init(_ session: Session, file: String, pixels: TensorFact?) {
        (self.file, self.pixels, inputs) = (file, pixels, session.inputs)
        let shape = pixels?.shape?.suffix(3).map { $0 } ?? [nil, nil, nil]
        let isLast = shape[0] != 3 && shape[0] != 1 && (shape[2] == 3 || shape[2] == 1)
        isInterleaved = isLast
        channels = (isLast ? shape[2] : shape[0]) ?? 3
        (height, width) = isLast ? (shape[0], shape[1]) : (shape[1], shape[2])
        outputs = session.outputs.map { fact in
            let extents = fact.shape.map(Output.withoutBatch)
            return Output(name: fact.name, shape: extents, dataType: fact.dataType)
        }
    }

    func replacingOutputs(_ outputs: [Output]) -> ModelSignature {
        var result = self
        result.outputs = outputs
        return result
    }

    func output(_ name: String) -> Output? { outputs.first { $0.name == name } }

    /// The output that masks are mixed from: as many planes as there are coefficients, a half or a quarter of the
    /// input's size.
    var prototypes: (name: String, count: Int)? {
        for output in outputs.dropFirst() {
            guard let shape = output.shape, shape.count == 3, let count = shape[0], count <= 1024 else { continue }
            return (output.name, count)
        }
        return nil
    }

    var hasFixedSize: Bool { width != nil && height != nil }

    /// For an error: every input and output.
    var written: String {
        let outputs = outputs.map { "\($0.name) \($0.dataType) \($0.writtenShape)" }
        return "inputs " + inputs.map(\.written).joined(separator: ", ") + "; outputs "
            + outputs.joined(separator: ", ")
    }
}

extension ModelSignature.Output {
    fileprivate var writtenShape: String {
        shape.map { "[" + $0.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]" } ?? "of any shape"
    }
}

extension TensorFact {
    /// Three or four extents with 1 or 3 channels first or last, in a type that pixels come in.
    fileprivate var couldBeImage: Bool {
        guard let shape, (3...4).contains(shape.count), Preprocessing.ElementType(rawValue: dataType.rawValue) != nil
        else { return false }
        let (first, last) = (shape[shape.count - 3], shape[shape.count - 1])
        return [first, last].contains { $0.map { $0 == 1 || $0 == 3 } ?? true }
    }
}
