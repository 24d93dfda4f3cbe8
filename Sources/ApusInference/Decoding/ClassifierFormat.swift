import ApusConfiguration

/// One output of `[1, classes]`: how likely the image is of each class.
public struct ClassifierFormat: OutputFormat, Validated, Hashable {
    public var format = FormatName.classifier
    /// The output; left out, the first.
    public var output: String?
    /// Left out: none where the numbers are probabilities that sum to 1, softmax where they are not.
    public var activation: Activation?
    /// How many classes a result names.
    public var top = 5

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [.atLeast("top", top, 1)].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let (name, array) = try outputs.array(output, at: 0)
        let numbers = try outputs.numbers(output, at: 0)
        guard !numbers.isEmpty, numbers.count == context.classCount ?? numbers.count else {
            throw outputs.unfit(
                expected: "an output of [1, \(context.classCount.map { "\($0)" } ?? "classes")]",
                found: "\(name) \(array.shape)")
        }
        let scores = (activation ?? Self.activation(for: numbers))(numbers[...])
        // What is no number has no place in an order.
        let all = scores.enumerated().filter { !$1.isNaN }.map { Classification(label: $0, score: $1) }
        let ranked = all.sorted { ($1.score, $0.label) < ($0.score, $1.label) }
        return .classifications(Array(ranked.prefix(top)))
    }

    private static func activation(for numbers: [Float]) -> Activation {
        let areProbabilities = numbers.allSatisfy { (0...1.0001).contains($0) } && abs(numbers.reduce(0, +) - 1) < 0.01
        return areProbabilities ? .none : .softmax
    }
}
