import ApusONNX

/// The attributes that RNN, GRU and LSTM share.
struct RecurrentSettings: Sendable {
    /// For each direction whether it runs from the end.
    let runsBackward: [Bool]
    let hiddenSize: Int?
    /// What goes into a gate lies within ±clip.
    let clip: Double
    /// Whether the batch, not the time, comes first.
    let isBatchFirst: Bool
    /// The cell's functions, for each direction.
    let activations: [[RecurrentActivation]]

    init(_ node: Node, defaults: [String]) throws(GraphError) {
        let direction = try node.string("direction", default: "forward")
        switch direction {
        case "forward": runsBackward = [false]
        case "reverse": runsBackward = [true]
        case "bidirectional": runsBackward = [false, true]
        default:
            throw .attributeValue(
                "direction", expected: "forward, reverse or bidirectional", found: direction, node: node.label)
        }
        hiddenSize = try node.optionalInt("hidden_size")
        clip = try node.optionalFloat("clip").map { Double($0.magnitude) } ?? .infinity
        isBatchFirst = try node.flag("layout", default: false)
        activations = try Self.activations(node, defaults, directions: runsBackward.count)
    }

    private static func activations(
        _ node: Node, _ defaults: [String], directions: Int
    ) throws(GraphError) -> [[RecurrentActivation]] {
        let given = try node.optionalStrings("activations") ?? defaults
        guard given.count >= defaults.count else {
            throw .attributeValue(
                "activations", expected: "\(defaults.count) for each direction", found: "\(given)", node: node.label)
        }
        let names = given.count < defaults.count * directions ? given.prefix(defaults.count) + given : given[...]
        var alphas = try node.floats("activation_alpha", default: [])[...]
        var betas = try node.floats("activation_beta", default: [])[...]
        var functions: [RecurrentActivation] = []
        for name in names.prefix(defaults.count * directions) {
            guard let function = RecurrentActivation(name, &alphas, &betas) else {
                throw .attributeValue("activations", expected: "known functions", found: name, node: node.label)
            }
            functions.append(function)
        }
        return (0..<directions).map { Array(functions[$0 * defaults.count..<($0 + 1) * defaults.count]) }
    }
}
